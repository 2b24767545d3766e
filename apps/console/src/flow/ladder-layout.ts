import type { CallFlow, FlowEvent } from '@dialplane/calling-api';
import { groupLabel } from './event-text.ts';
import { inOrder, offsetOf } from './flow-analysis.ts';
import { categoryOf, type FlowCategory } from './flow-category.ts';
import { lanesOf, namedLanes, namingOf, type NamedLane } from './flow-lanes.ts';

/** What to draw, and how large. Lengths in CSS pixels. */
export interface LadderView {
  readonly hidden: ReadonlySet<FlowCategory>;
  /** Only what lies in this window after the start of the call, in ms. */
  readonly windowMs?: { readonly from: number; readonly to: number };
  readonly width: number;
  readonly rowHeight: number;
}

/** A lane with its place. */
export interface PlacedLane extends NamedLane {
  readonly x: number;
}

/** A line of the ladder: an arrow from lane to lane, or a note on one. Several entries when a run of them says one thing. */
export interface LadderRow {
  readonly key: number;
  readonly events: readonly FlowEvent[];
  readonly category: FlowCategory;
  readonly y: number;
  readonly offsetMs: number;
  /** Silence before this row, when it is long enough to be shown. */
  readonly gapMs?: number;
  readonly fromX: number;
  /** Absent for a note. */
  readonly toX?: number;
  readonly label: string;
  /** Where the text begins and how much room it has. */
  readonly labelX: number;
  readonly labelWidth: number;
  readonly labelAnchor: 'start' | 'middle' | 'end';
  /** Something failed here, or was refused. */
  readonly isFailure: boolean;
}

/** While a lane's call was connected. */
interface ConnectedSpan {
  readonly laneId: string;
  readonly x: number;
  readonly fromY: number;
  readonly toY: number;
}

export interface LadderLayout {
  readonly lanes: readonly PlacedLane[];
  readonly rows: readonly LadderRow[];
  readonly spans: readonly ConnectedSpan[];
  /** From one lane to the next. */
  readonly laneWidth: number;
  readonly width: number;
  readonly height: number;
}

/** Room for the time of each row. */
export const timeColumn = 60;
export const headerHeight = 56;
/** Lanes closer than this make labels unreadable: the ladder gets wider than its place instead, and scrolls. */
const minLaneGap = 112;
const gapHeight = 26;
/** Silence longer than this is written between two rows. */
const shownGapMs = 1500;

/** Places every lane, row and span of a flow. Requests stand where they began, before what they brought about. */
export function layoutLadder(flow: CallFlow, view: LadderView): LadderLayout {
  const named = shownLanes(flow, view.hidden);
  const room = Math.max(0, view.width - timeColumn);
  const gap = Math.max(minLaneGap, room / Math.max(1, named.length));
  const lanes = named.map((lane, index) => ({ ...lane, x: Math.round(timeColumn + gap * (index + 0.5)) }));
  const width = Math.max(view.width, Math.round(timeColumn + gap * named.length));
  const places = new Map(lanes.map((lane) => [lane.id, lane.x]));
  const mediaLanes = lanesWithMedia(flow);
  const naming = namingOf(flow);

  const rows: LadderRow[] = [];
  let y = headerHeight + view.rowHeight / 2;
  let lastMs: number | undefined;
  for (const events of groupRuns(inOrder(flow).filter((event) => isShown(event, view, flow)))) {
    const [first] = events;
    if (first === undefined) continue;
    const offsetMs = offsetOf(flow, first);
    const silence = lastMs === undefined ? 0 : offsetMs - lastMs;
    const isGapShown = silence > shownGapMs;
    if (isGapShown) y += gapHeight;
    const fromTo = arrowOf(first, mediaLanes);
    const fromX = places.get(fromTo.from) ?? timeColumn;
    const toX = fromTo.to === undefined ? undefined : places.get(fromTo.to);
    rows.push({
      key: first.sequence, events, category: categoryOf(first.detail.kind), y, offsetMs, fromX,
      label: groupLabel(events, naming), isFailure: isFailure(first),
      ...(isGapShown ? { gapMs: silence } : {}), ...(toX === undefined ? {} : { toX }),
      ...labelPlace(fromX, toX, width),
    });
    y += view.rowHeight;
    const last = events.at(-1) ?? first;
    lastMs = offsetOf(flow, last);
  }
  return { lanes, rows, spans: connectedSpans(rows, lanes, y), laneWidth: Math.floor(gap), width, height: Math.round(y + view.rowHeight / 2) };
}

/** All lanes; with a filter, those that it leaves something on. */
function shownLanes(flow: CallFlow, hidden: ReadonlySet<FlowCategory>): readonly NamedLane[] {
  if (hidden.size === 0) return namedLanes(flow);
  const used = new Set(flow.events.flatMap((event) => (hidden.has(categoryOf(event.detail.kind)) ? [] : lanesOf(event))));
  return namedLanes(flow).filter(({ id }) => used.has(id));
}

/** Text that fits `width` pixels at the ladder's 12 px type, shortened with an ellipsis where it must be. */
export function fitText(text: string, width: number): string {
  const room = Math.max(4, Math.floor(width / 6.3));
  return text.length <= room ? text : `${text.slice(0, room - 1).trimEnd()}…`;
}

function isShown(event: FlowEvent, view: LadderView, flow: CallFlow): boolean {
  if (view.hidden.has(categoryOf(event.detail.kind))) return false;
  if (view.windowMs === undefined) return true;
  const offset = offsetOf(flow, event);
  return offset >= view.windowMs.from && offset <= view.windowMs.to;
}

/** Candidates gathered in a row, and pairs with the same outcome in a row, are one row per lane; all else stands alone. */
function groupRuns(events: readonly FlowEvent[]): FlowEvent[][] {
  const runs: FlowEvent[][] = [];
  for (const event of events) {
    const run = runs.at(-1);
    const previous = run?.at(-1);
    if (run !== undefined && previous !== undefined && isSameRun(previous, event)) run.push(event);
    else runs.push([event]);
  }
  return runs;
}

function isSameRun(a: FlowEvent, b: FlowEvent): boolean {
  if (a.from !== b.from || a.detail.kind !== b.detail.kind) return false;
  if (a.detail.kind === 'candidateGathered') return true;
  return a.detail.kind === 'candidatePair' && b.detail.kind === 'candidatePair' && a.detail.outcome === b.detail.outcome && a.detail.outcome !== 'selected';
}

function lanesWithMedia(flow: CallFlow): readonly string[] {
  return [...new Set(flow.events.flatMap(({ detail, from }) => (detail.kind === 'firstMedia' ? [from] : [])))];
}

/** Media that arrives between two devices is an arrow from the other one: that is the leg no server sees. */
function arrowOf(event: FlowEvent, mediaLanes: readonly string[]): { readonly from: string; readonly to?: string } {
  if (event.to !== undefined && event.to !== event.from) return { from: event.from, to: event.to };
  const { detail } = event;
  const isArrival = (detail.kind === 'firstMedia' || detail.kind === 'lastMedia') && detail.direction === 'receive';
  const peer = isArrival && mediaLanes.length === 2 ? mediaLanes.find((lane) => lane !== event.from) : undefined;
  return peer === undefined ? { from: event.from } : { from: peer, to: event.from };
}

function isFailure({ detail }: FlowEvent): boolean {
  switch (detail.kind) {
    case 'request':
      return detail.status >= 400;
    case 'candidatePair':
      return detail.outcome === 'failed';
    case 'iceState':
    case 'dtlsState':
    case 'mediaState':
      return detail.state === 'failed' || detail.state === 'interrupted';
    case 'ended':
      return detail.endReason.category !== 'Success';
    case 'sip':
      return isSipFailure(detail.summary);
    default:
      return false;
  }
}

/** A refusal. A challenge (RFC 3261 §22) asks for the same once more, and 487 says that the caller gave up. */
function isSipFailure(startLine: string): boolean {
  const status = Number(/^SIP\/2\.0 (\d{3})/.exec(startLine)?.[1] ?? 0);
  return status >= 400 && ![401, 407, 487].includes(status);
}

function labelPlace(fromX: number, toX: number | undefined, width: number): Pick<LadderRow, 'labelX' | 'labelWidth' | 'labelAnchor'> {
  if (toX !== undefined) {
    const middle = (fromX + toX) / 2;
    return { labelX: middle, labelWidth: 2 * Math.min(middle - timeColumn, width - middle) - 8, labelAnchor: 'middle' };
  }
  const right = width - fromX;
  if (right >= fromX - timeColumn) return { labelX: fromX + 14, labelWidth: right - 20, labelAnchor: 'start' };
  return { labelX: fromX - 14, labelWidth: fromX - timeColumn - 20, labelAnchor: 'end' };
}

function connectedSpans(rows: readonly LadderRow[], lanes: readonly PlacedLane[], endY: number): ConnectedSpan[] {
  return lanes.flatMap(({ id, x }) => {
    const own = rows.filter(({ events: [event] }) => event !== undefined && (event.to ?? event.from) === id);
    const from = own.find(({ events: [event] }) => event?.detail.kind === 'callState' && event.detail.state === 'Connected');
    if (from === undefined) return [];
    const to = own.find(({ y, events: [event] }) => y > from.y && (event?.detail.kind === 'ended' || (event?.detail.kind === 'callState' && event.detail.state === 'Disconnected')));
    return [{ laneId: id, x, fromY: from.y, toY: to?.y ?? endY }];
  });
}
