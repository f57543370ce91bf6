import "../../../src/lib/trusted-types";
import "../../../src/elements/document/element";

const element = document.createElement("medicus-document");
for (const [name, value] of new URLSearchParams(location.search)) element.setAttribute(name, value);
document.querySelector("main")?.append(element);
