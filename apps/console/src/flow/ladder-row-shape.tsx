import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { formatDuration, formatOffset } from '../text/duration.ts';
import { categoryColors } from './category-colors.ts';
import { fitText, type LadderRow, type PlacedLane } from './ladder-layout.ts';

const useStyles = makeStyles({
  row: { cursor: 'pointer' },
  hit: { fill: 'transparent', ':hover': { fill: tokens.colorNeutralBackground1Hover } },
  hitSelected: { fill: tokens.colorBrandBackground2 },
  mark: { fill: tokens.colorBrandStroke1 },
  time: { fontSize: '11px', fill: tokens.colorNeutralForeground3, fontVariantNumeric: 'tabular-nums' },
  label: { pointerEvents: 'none', fontSize: '12px', paintOrder: 'stroke', stroke: tokens.colorNeutralBackground1, strokeWidth: '4px', strokeLinejoin: 'round', fill: tokens.colorNeutralForeground1 },
  labelSelected: { stroke: tokens.colorBrandBackground2 },
  failure: { fill: tokens.colorPaletteRedForeground1, fontWeight: tokens.fontWeightSemibold },
  gap: { fontSize: '11px', fontStyle: 'italic', fill: tokens.colorNeutralForeground3, paintOrder: 'stroke', stroke: tokens.colorNeutralBackground1, strokeWidth: '6px' },
});

interface LadderRowShapeProps {
  readonly row: LadderRow;
  readonly elementId: string;
  readonly width: number;
  readonly rowHeight: number;
  readonly lanes: readonly PlacedLane[];
  readonly isSelected: boolean;
  readonly onSelect: (sequence: number) => void;
}

/** One line of the ladder: its time, then an arrow between two lanes or a dot on one, with what it says. */
export function LadderRowShape({ row, elementId, width, rowHeight, lanes, isSelected, onSelect }: LadderRowShapeProps): ReactNode {
  const styles = useStyles();
  const { y, fromX, toX, category, isFailure } = row;
  const color = isFailure ? tokens.colorPaletteRedForeground1 : categoryColors[category];
  const isArrow = toX !== undefined;
  const isStrong = category === 'media' || category === 'end';
  const names = `${titleAt(lanes, fromX)}${isArrow ? ` to ${titleAt(lanes, toX)}` : ''}`;
  return (
    <>
      {row.gapMs === undefined ? null : (
        <g aria-hidden="true">
          <line x1={72} x2={width - 16} y1={y - rowHeight / 2 - 13} y2={y - rowHeight / 2 - 13} stroke={tokens.colorNeutralStroke2} strokeDasharray="2 6" />
          <text x={width / 2} y={y - rowHeight / 2 - 9} textAnchor="middle" className={styles.gap}>{formatDuration(row.gapMs)} later</text>
        </g>
      )}
      <g
        id={elementId} data-row={row.key} role="option" aria-selected={isSelected} aria-label={`${formatOffset(row.offsetMs)} seconds, ${names}: ${row.label}`}
        className={styles.row} onClick={() => onSelect(row.key)}
      >
        <rect className={isSelected ? styles.hitSelected : styles.hit} x={0} y={y - rowHeight / 2} width={width} height={rowHeight} />
        {isSelected ? <rect className={styles.mark} x={0} y={y - rowHeight / 2} width={3} height={rowHeight} /> : null}
        <title>{row.label}</title>
        <text x={10} y={y + 4} className={styles.time}>{formatOffset(row.offsetMs)}</text>
        {isArrow ? (
          <g color={color} stroke="currentColor" strokeWidth={isStrong ? 2.5 : 1.5}>
            <line x1={fromX} x2={toX} y1={y + 6} y2={y + 6} strokeDasharray={category === 'event' ? '5 4' : undefined} />
            <path d={arrowHead(fromX, toX, y + 6)} fill="currentColor" />
          </g>
        ) : <circle cx={fromX} cy={y} r={isStrong ? 5.5 : 4.5} fill={color} stroke={tokens.colorNeutralBackground1} strokeWidth={1.5} />}
        <text
          x={row.labelX} y={isArrow ? y : y + 4} textAnchor={row.labelAnchor}
          className={mergeClasses(styles.label, isSelected && styles.labelSelected, isFailure && styles.failure)}
        >
          {fitText(row.label, row.labelWidth)}
        </text>
      </g>
    </>
  );
}

const titleAt = (lanes: readonly PlacedLane[], x: number): string => lanes.find((lane) => lane.x === x)?.title ?? '';

function arrowHead(fromX: number, toX: number, y: number): string {
  const back = toX > fromX ? -8 : 8;
  return `M${toX} ${y}l${back} -4v8z`;
}
