import "./base.css";
import "./room.css";
import "./clip.css";
import { readPageData } from "../core/page_data.ts";
import { CLIP_TEXTS, ClipStage, type ClipText } from "./parts/clip_stage.ts";
import { pageJson } from "./parts/elements.ts";

interface CheckPageData {
  readonly media_url: string;
  readonly has_video: boolean;
  readonly clip: { readonly start_s: number; readonly end_s: number; readonly lead_in_s: number };
  readonly texts: Readonly<Record<ClipText, string>>;
}

const page = readPageData<CheckPageData>(pageJson(), CLIP_TEXTS);
const stage = new ClipStage(page);
stage.show({ url: page.media_url, ...page.clip });
