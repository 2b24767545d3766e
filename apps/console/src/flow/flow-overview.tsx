import { makeStyles, tokens } from '@fluentui/react-components';
import type { CallFlow } from '@dialplane/calling-api';
import { useState, type PointerEvent, type ReactNode } from 'react';
import { formatDuration } from '../text/duration.ts';
import { categoryColors } from './category-colors.ts';
import { offsetOf } from './flow-analysis.ts';
import { categoryOf, type FlowCategory } from './flow-category.ts';
import { draggedWindow, type FlowWindow, wholeWindow } from './flow-window.ts';

const useStyles = makeStyles({
  strip: { position: 'relative', height: '44px', touchAction: 'pan-y', cursor: 'crosshair', borderRadius: tokens.borderRadiusMedium, backgroundColor: tokens.colorNeutralBackground1, border: `1px solid ${tokens.colorNeutralStroke2}`, overflow: 'hidden', userSelect: 'none' },
  picture: { position: 'absolute', inset: 0, width: '100%', height: '100%' },
  shade: { position: 'absolute', top: 0, bottom: 0, backgroundColor: tokens.colorBrandBackground2, borderLeft: `2px solid ${tokens.colorBrandStroke1}`, borderRight: `2px solid ${tokens.colorBrandStroke1}`, boxSizing: 'border-box' },
  label: { position: 'absolute', bottom: '1px', fontSize: '10px', color: tokens.colorNeutralForeground3, pointerEvents: 'none' },
});

interface FlowOverviewProps {
  readonly flow: CallFlow;
  readonly hidden: ReadonlySet<FlowCategory>;
  readonly shown: FlowWindow | undefined;
  readonly onSelect: (window: FlowWindow | undefined) => void;
}

/**
 * The whole call to scale, a stroke for each entry. A drag chooses the stretch that the ladder shows, a click all of it; the
 * buttons beside the ladder do the same for the keyboard.
 */
export function FlowOverview({ flow, hidden, shown, onSelect }: FlowOverviewProps): ReactNode {
  const styles = useStyles();
  const [drag, setDrag] = useState<{ readonly startX: number; readonly endX: number; readonly width: number }>();
  const whole = wholeWindow(flow);
  const share = (ms: number): number => ((ms - whole.from) / (whole.to - whole.from)) * 100;
  const selecting = drag === undefined ? shown : draggedWindow(whole, drag.width, drag.startX, drag.endX);
  const begin = (event: PointerEvent<HTMLDivElement>): void => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ startX: event.clientX - left, endX: event.clientX - left, width });
  };
  const move = (event: PointerEvent<HTMLDivElement>): void => {
    const { left } = event.currentTarget.getBoundingClientRect();
    const endX = event.clientX - left;
    setDrag((old) => old && { ...old, endX });
  };
  const end = (): void => {
    if (drag !== undefined) onSelect(draggedWindow(whole, drag.width, drag.startX, drag.endX));
    setDrag(undefined);
  };
  return (
    <div className={`${styles.strip} no-print`} aria-hidden="true" title="Drag to look closer" onPointerDown={begin} onPointerMove={move} onPointerUp={end} onPointerCancel={() => setDrag(undefined)}>
      {selecting === undefined ? null : <div className={styles.shade} style={{ left: `${Math.max(0, share(selecting.from))}%`, right: `${Math.max(0, 100 - share(selecting.to))}%` }} />}
      <svg className={styles.picture} preserveAspectRatio="none" viewBox="0 0 100 44">
        {flow.events.filter(({ detail }) => !hidden.has(categoryOf(detail.kind))).map((event) => {
          const x = 0.4 + share(offsetOf(flow, event)) * 0.992;
          return <line key={event.sequence} x1={x} x2={x} y1={6} y2={28} stroke={categoryColors[categoryOf(event.detail.kind)]} strokeWidth={1.5} vectorEffect="non-scaling-stroke" />;
        })}
      </svg>
      <span className={styles.label} style={{ left: 6 }}>0</span>
      <span className={styles.label} style={{ right: 6 }}>{formatDuration(whole.to)}</span>
    </div>
  );
}
