package asset

// CopyAndRemove is how Move works across file systems.
var CopyAndRemove = copyAndRemove
