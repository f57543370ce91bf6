/** pdf.js reads and decodes in here, away from the page: a worker of its own for each document, ended with it. */
import "../lib/trusted-types";
import "pdfjs-dist/legacy/build/pdf.worker.mjs";
