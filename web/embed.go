// Package web holds the pages of Parody Wave as they are served: the built
// files of this folder's TypeScript sources, embedded, so that a binary needs
// no other file and building it needs no Node.
//
// dist is made by "npm ci && npm run build" here and committed; the same
// sources give the same bytes. It holds index.html, which names the others
// relatively and so may be served under any path, and assets/, whose names
// carry a hash of their content and may be cached for ever. The pages keep to
// a policy without inline scripts or styles, and fetch nothing from elsewhere;
// they open one WebSocket, /ws on the host that served them.
//
// The package imports nothing of this module's.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Dist returns the built pages, rooted where index.html is. The file system is
// read-only and safe for concurrent use; its files carry no modification time.
func Dist() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("web: dist is not embedded: " + err.Error()) // a constant, valid path cannot fail
	}
	return sub
}
