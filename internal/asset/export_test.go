package asset

// CopyAndRemove is how Move works across file systems.
var CopyAndRemove = copyAndRemove

// ClaimAndRename is how SaveNew works on file systems without hard links.
var ClaimAndRename = claimAndRename
