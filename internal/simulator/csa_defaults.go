package simulator

// defaultFlows are the process definitions of every server.
var defaultFlows = []string{
	"/Library/CSA Content/Compute/Deploy Linux Server",
	"/Library/CSA Content/Compute/Retire Server",
	"/Library/CSA Content/Web Shop/Datenbank einrichten",
}

// defaultOrganizations have names that need care in a URL.
func defaultOrganizations() []Organization {
	return []Organization{
		{Name: "CSA-Provider", Users: []User{
			{Name: "admin"},
			{Name: "viewer", Forbidden: true},
			{Name: "jörg.müller"},
			{Name: `EMEA\release manager`},
			{Name: "ops/promoter"},
		}},
		{Name: "CSA_CONSUMER", Users: []User{{Name: "consumer", Forbidden: true}}},
		{Name: "Vertrieb Süd", Users: []User{{Name: "anna.weiß"}}},
		{Name: `Forschung/Lehre`, Users: []User{{Name: "ops/promoter"}}},
	}
}

// defaultCSA has artifacts of every kind on "dev" and none on "prod".
func defaultCSA() map[string]CSAAssets {
	const (
		catalogID     = "90cec2ff3c81b896013c81b8c1780001"
		otherCatalog  = "90cec2ff3c81b896013c81b8c1780002"
		offeringID    = "90cec2ff3c81b896013c81b8c1780097"
		shopOffering  = "90cec2ff3c81b896013c81b8c1780098"
		draftOffering = "90cec2ff3c81b896013c81b8c1780099"
		designID      = "90cec2023cc75f8a013cc7643ad00034"
		shopDesign    = "90cec2023cc75f8a013cc7643ad00035"
		topology      = "8a8187814db77a97014db92d6ed90282"
		computeID     = "90cec2023cc75f8a013cc7643ad00051"
		backupID      = "90cec2023cc75f8a013cc7643ad00052"
		environment   = "90cec2023cc75f8a013cc7643ad00071"
		paletteID     = "2c9030e44bdb3bfe014c0e47ee680001"
		providerID    = "8a8185f4497d011b01497d028a210003"
	)
	return map[string]CSAAssets{
		"dev": {
			Organizations: defaultOrganizations(), Flows: defaultFlows,
			Artifacts: []Artifact{
				{
					ID: catalogID, Type: typeCatalog, Name: "it_dienste_fachbereiche", DisplayName: "IT-Dienste für Fachbereiche",
					Description: "Was die Fachbereiche selbst bestellen.", Organization: "Vertrieb Süd",
					Uses: []string{offeringID, shopOffering, environment},
				},
				{
					ID: otherCatalog, Type: typeCatalog, Name: "consumer_catalog_a", DisplayName: "Consumer Catalog A",
					Description: "Default catalog for the organization.", Organization: "CSA_CONSUMER", Uses: []string{offeringID},
				},
				{
					ID: offeringID, Type: typeOffering, Name: "LINUX_SERVER_OFFERING_1.0", DisplayName: "Linux Server mit Überwachung",
					Description: "Ein Server mit Monitoring & Backup.", Uses: []string{designID},
				},
				{
					ID: shopOffering, Type: typeOffering, Name: "c5f0a3de-42b7-4f3e-9e41-7d1f7a5f0b11", DisplayName: "Web Shop (Größe M)",
					Description: "Shop with a database <10 GB.", Uses: []string{shopDesign},
				},
				{
					ID: draftOffering, Type: typeOffering, Name: "LINUX_SERVER_OFFERING_2.0", DisplayName: "Linux Server 2.0 draft",
					Uses: []string{designID},
				},
				{
					ID: designID, Type: typeDesign, Name: "SIMPLE_COMPUTE_LINUX", DisplayName: "Simple Compute Linux",
					Uses: []string{computeID, backupID}, Flows: defaultFlows[:2],
				},
				{
					ID: shopDesign, Type: typeDesign, Name: "fb2ae039-0107-4fc7-9e26-a2adc855786a", DisplayName: "Web Shop Drei Schichten",
					Uses: []string{computeID}, Flows: defaultFlows[2:],
				},
				{
					ID: topology, Type: typeDesign, Name: "08ef5eeb-bece-411b-9eba-a98620ce6328", DisplayName: "Datenbank für Abteilungen",
					Description: "A database on a server of its own.",
					Components: []Component{
						{Name: "MySQL_Database", Properties: []Property{
							{Name: "port", Value: "3306"},
							{Name: "username", Value: "root"},
							{Name: "password", Value: "Sim-Datenbank-1", Confidential: true},
						}},
						{Name: "Server", Properties: []Property{
							{Name: "cpuCount", Value: "2"}, {Name: "artifactPassword", Value: "", Confidential: true},
						}},
					},
				},
				{ID: computeID, Type: typeResource, Name: "VMWARE_VCENTER_COMPUTE", DisplayName: "vCenter Offering"},
				{ID: backupID, Type: typeResource, Name: "BACKUP_SICHERUNG", DisplayName: "Sicherung & Wiederherstellung"},
				{ID: environment, Type: typeEnvironment, Name: "RZ_SUED_1", DisplayName: "Rechenzentrum Süd"},
				{ID: paletteID, Type: typePalette, Name: "STANDARD_COMPONENTS", DisplayName: "Standard Components", Uses: []string{computeID}},
				{ID: providerID, Type: typeProvider, Name: "vcenter_wien", DisplayName: "vCenter Wien"},
			},
		},
		"prod": {Organizations: defaultOrganizations(), Flows: defaultFlows},
	}
}
