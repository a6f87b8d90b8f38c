import "./base.css";
import "./desk_bar.css";
import "./findings.css";
import "./study_results.css";
import { foldSections } from "./parts/fold_sections.ts";

foldSections();
