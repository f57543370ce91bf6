/** The page of one finding: its image. */
import "../lib/trusted-types";
import "../styles/viewer.css";
import "../viewer";
