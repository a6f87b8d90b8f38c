import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export interface Rater {
  name: string;
  values: (number | null)[];
}

export interface Extreme {
  of: 0 | 1;
  kind: "helpful" | "hindering";
  start_s: number;
  end_s: number;
}

export interface Discrepancy {
  start_s: number;
  end_s: number;
  opposite: boolean;
}

export interface SessionData {
  start_s: number;
  step_s: number;
  scale: { low: number; high: number; neutral: number; low_label: string; high_label: string };
  raters: [Rater, Rater];
  extremes: Extreme[];
  discrepancies: Discrepancy[];
}

const MARK_PX = 6;
const GAP_PX = 12;
const TICKS_MIN = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60];

function widest(texts: string[], font: string): number {
  const ctx = document.createElement("canvas").getContext("2d");
  if (!ctx) return 0;
  ctx.font = font;
  return Math.max(...texts.map((text) => ctx.measureText(text).width));
}

/** Two ratings over the minutes of a session, drawn into `place`; a click or a key says which moment is wanted. */
export class SessionChart {
  private readonly plot: uPlot;
  private now_s = 0;

  constructor(
    private readonly place: HTMLElement,
    private readonly data: SessionData,
    onWanted: (media_s: number) => void,
  ) {
    const style = getComputedStyle(place);
    const colours: [string, string] = [style.getPropertyValue("--client"), style.getPropertyValue("--therapist")];
    const soft = style.getPropertyValue("--soft");
    const font = `13px ${style.fontFamily}`;
    const { scale, raters } = data;
    const ends = [`${scale.low_label} ${scale.low}`, `${scale.neutral}`, `${scale.high_label} ${scale.high}`];
    const end_s = data.start_s + raters[0].values.length * data.step_s;
    const minutes = (raters[0].values as unknown[]).map((_, bin) => (data.start_s + (bin + 0.5) * data.step_s) / 60);
    this.plot = new uPlot(
      {
        ...this.size(),
        legend: { show: false },
        cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { show: false } },
        scales: { x: { time: false, range: [data.start_s / 60, end_s / 60] }, y: { range: [scale.low, scale.high] } },
        axes: [
          {
            stroke: soft,
            font,
            grid: { show: false },
            ticks: { show: false },
            size: 30,
            incrs: TICKS_MIN,
            label: place.dataset.minutes ?? "",
            labelFont: font,
            labelSize: 20,
          },
          {
            stroke: soft,
            font,
            grid: { show: false },
            ticks: { show: false },
            size: widest(ends, font) + GAP_PX,
            splits: () => [scale.low, scale.neutral, scale.high],
            values: () => ends,
          },
        ],
        series: [
          {},
          { stroke: colours[0], width: 1.8, points: { show: false }, spanGaps: false },
          { stroke: colours[1], width: 1.8, points: { show: false }, spanGaps: false },
        ],
        hooks: {
          drawClear: [(plot) => this.drawUnder(plot, soft)],
          draw: [(plot) => this.drawOver(plot, colours, style.getPropertyValue("--ink"))],
        },
      },
      [minutes, raters[0].values, raters[1].values],
      place,
    );
    this.plot.over.addEventListener("click", (event) => onWanted(this.plot.posToVal(event.offsetX, "x") * 60));
    new ResizeObserver(() => this.plot.setSize(this.size())).observe(place);
  }

  /** Show where the recording is. */
  showMoment(media_s: number): void {
    this.now_s = media_s;
    this.plot.redraw(false);
  }

  private size(): { width: number; height: number } {
    const width = this.place.clientWidth;
    return { width, height: Math.max(220, Math.min(340, width * 0.3)) };
  }

  private drawUnder(plot: uPlot, soft: string): void {
    const { ctx, bbox } = plot;
    ctx.save();
    for (const part of this.data.discrepancies) {
      const left = plot.valToPos(part.start_s / 60, "x", true);
      const right = plot.valToPos(part.end_s / 60, "x", true);
      ctx.fillStyle = part.opposite ? "rgba(28, 33, 38, 0.11)" : "rgba(28, 33, 38, 0.055)";
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
    }
    const neutral = plot.valToPos(this.data.scale.neutral, "y", true);
    ctx.strokeStyle = soft;
    ctx.globalAlpha = 0.6;
    ctx.setLineDash([2 * devicePixelRatio, 5 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, neutral);
    ctx.lineTo(bbox.left + bbox.width, neutral);
    ctx.stroke();
    ctx.restore();
  }

  private drawOver(plot: uPlot, colours: [string, string], ink: string): void {
    const { ctx, bbox } = plot;
    const size = MARK_PX * devicePixelRatio;
    ctx.save();
    for (const extreme of this.data.extremes) {
      const helpful = extreme.kind === "helpful";
      const x = plot.valToPos((extreme.start_s + extreme.end_s) / 120, "x", true);
      const row = extreme.of === 0 ? 1.2 : 3.2;
      const y = helpful ? bbox.top + row * size : bbox.top + bbox.height - row * size;
      const tip = helpful ? -size : size;
      ctx.fillStyle = colours[extreme.of];
      ctx.beginPath();
      ctx.moveTo(x, y + tip * 0.8);
      ctx.lineTo(x - size, y - tip * 0.8);
      ctx.lineTo(x + size, y - tip * 0.8);
      ctx.fill();
    }
    const now = plot.valToPos(this.now_s / 60, "x", true);
    ctx.fillStyle = ink;
    ctx.fillRect(now - devicePixelRatio / 2, bbox.top, devicePixelRatio, bbox.height);
    ctx.restore();
  }
}
