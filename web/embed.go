// Package web embeds the built pages of Parody Wave, so that the binary needs no
// other file and building it needs no Node.
//
// "npm ci && npm run build" makes dist from the TypeScript sources of this folder;
// the same sources give the same bytes, and dist is committed. It holds a file for
// each page (index.html, thread.html, live.html, deck.html) and assets/, whose
// names carry a hash of their content, so that browsers may cache them forever.
// The pages name their assets by absolute paths, so they work only at the root of
// a host. They have no inline scripts or styles, load nothing from other hosts,
// and open one WebSocket, /ws on the host that served them.
//
// The package imports no other package of this module.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Dist returns the built pages, rooted at index.html. The file system is read-only
// and safe for concurrent use; its files have no modification time.
func Dist() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("web: dist is not embedded: " + err.Error()) // a constant, valid path cannot fail
	}
	return sub
}
