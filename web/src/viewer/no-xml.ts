/** Stands for the package xmlbuilder2 in the built viewer: vtk.js reads mesh files with it, which nobody opens here. A
 *  tenth of the code less to load before the first image (vite.config.ts names this file). */

function refuse(): never {
	throw new Error("XML files are not read here");
}

export { refuse as convert, refuse as create };
