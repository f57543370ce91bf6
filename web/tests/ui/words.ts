/** The dictionaries ask the page for its language; a test that needs no browser says it here. Import before them. */
Object.assign(globalThis, { document: { documentElement: { lang: "de" } } });
