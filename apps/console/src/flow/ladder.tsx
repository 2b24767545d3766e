import { makeStyles, tokens } from '@fluentui/react-components';
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { CallFlow } from '@dialplane/calling-api';
import { headerHeight, layoutLadder, type LadderView } from './ladder-layout.ts';
import { LadderRowShape } from './ladder-row-shape.tsx';

const useStyles = makeStyles({
  scroller: {
    overflow: 'auto', maxHeight: 'min(78dvh, 980px)', position: 'relative', borderRadius: tokens.borderRadiusLarge,
    border: `1px solid ${tokens.colorNeutralStroke2}`, backgroundColor: tokens.colorNeutralBackground1,
    '@media print': { maxHeight: 'none', overflow: 'visible', border: 'none' },
  },
  header: {
    position: 'sticky', top: 0, zIndex: 1, height: `${headerHeight}px`, backgroundColor: tokens.colorNeutralBackground1,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`, '@media print': { display: 'none' },
  },
  lane: { position: 'absolute', top: '8px', transform: 'translateX(-50%)', textAlign: 'center', lineHeight: tokens.lineHeightBase300 },
  title: { display: 'block', fontWeight: tokens.fontWeightSemibold, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  subtitle: { display: 'block', fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground3 },
  picture: { display: 'block', marginTop: `-${headerHeight}px`, fontFamily: tokens.fontFamilyBase, outlineStyle: 'none', '@media print': { width: '100%', height: 'auto', marginTop: 0 } },
  /** On paper the picture is scaled, and carries its titles itself. */
  printedTitle: { display: 'none', fontSize: '14px', fontWeight: tokens.fontWeightSemibold, '@media print': { display: 'inline' } },
  empty: { padding: '32px', textAlign: 'center', color: tokens.colorNeutralForeground3 },
});

interface LadderProps {
  readonly flow: CallFlow;
  readonly view: Omit<LadderView, 'width'>;
  /** The `sequence` of the selected row's first entry. */
  readonly selected: number | undefined;
  readonly onSelect: (sequence: number) => void;
}

/** The ladder: a lane per party, a line per signal, time running down. Arrow keys walk through it. */
export function Ladder({ flow, view, selected, onSelect }: LadderProps): ReactNode {
  const styles = useStyles();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const layout = useMemo(() => layoutLadder(flow, { ...view, width }), [flow, view, width]);
  const { rows, lanes } = layout;

  const walk = (event: KeyboardEvent): void => {
    const at = rows.findIndex(({ events }) => events.some(({ sequence }) => sequence === selected));
    const target = { ArrowDown: at + 1, ArrowUp: at === -1 ? rows.length - 1 : at - 1, Home: 0, End: rows.length - 1 }[event.key];
    const row = target === undefined ? undefined : rows[target];
    if (row === undefined) return;
    event.preventDefault();
    onSelect(row.key);
    scroller.current?.querySelector(`[data-row="${row.key}"]`)?.scrollIntoView({ block: 'nearest' });
  };

  return (
    <div className={styles.scroller} ref={scroller}>
      <div className={styles.header} style={{ width: layout.width }}>
        {lanes.map((lane) => (
          <div key={lane.id} className={styles.lane} style={{ left: lane.x, maxWidth: layout.laneWidth - 8 }}>
            <span className={styles.title} title={lane.title}>{lane.title}</span>
            <span className={styles.subtitle}>{lane.subtitle}</span>
          </div>
        ))}
      </div>
      <svg
        className={styles.picture} width={layout.width} height={layout.height} viewBox={`0 0 ${layout.width} ${layout.height}`} role="listbox" tabIndex={0} onKeyDown={walk}
        aria-label="Call flow, one line for each signal. Arrow keys choose a line; the table shows the same as text."
        aria-activedescendant={selected === undefined ? undefined : `${id}-${selected}`}
      >
        {lanes.map(({ id: lane, x, title }) => (
          <g key={lane} aria-hidden="true">
            <line x1={x} x2={x} y1={headerHeight} y2={layout.height} stroke={tokens.colorNeutralStroke2} />
            <text className={styles.printedTitle} x={x} y={headerHeight - 16} textAnchor="middle">{title}</text>
          </g>
        ))}
        {layout.spans.map(({ laneId, x, fromY, toY }) => (
          <rect key={laneId} x={x - 3} width={6} y={fromY} height={Math.max(0, toY - fromY)} rx={3} fill={tokens.colorBrandStroke2} />
        ))}
        {rows.map((row) => (
          <LadderRowShape key={row.key} row={row} elementId={`${id}-${row.key}`} width={layout.width} rowHeight={view.rowHeight} lanes={lanes} isSelected={row.events.some(({ sequence }) => sequence === selected)} onSelect={onSelect} />
        ))}
      </svg>
      {rows.length === 0 ? <div className={styles.empty}>Nothing here: no entry passes the filter.</div> : null}
    </div>
  );
}

function useWidth(element: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(800);
  useEffect(() => {
    if (element.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 800)));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
