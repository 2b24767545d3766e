import { makeStyles, Table, TableBody, TableCell, TableHeader, TableHeaderCell, TableRow, tokens } from '@fluentui/react-components';
import type { CallFlow } from '@dialplane/calling-api';
import { useMemo, type ReactNode } from 'react';
import { formatOffset } from '../text/duration.ts';
import { eventLabel } from './event-text.ts';
import { categoryNames, categoryOf, type FlowCategory } from './flow-category.ts';
import { namedLanes, namingOf } from './flow-lanes.ts';
import { inOrder, offsetOf } from './flow-analysis.ts';

const useStyles = makeStyles({
  scroller: { overflow: 'auto', maxHeight: 'min(78dvh, 980px)', borderRadius: tokens.borderRadiusLarge, border: `1px solid ${tokens.colorNeutralStroke2}`, backgroundColor: tokens.colorNeutralBackground1, '@media print': { maxHeight: 'none' } },
  time: { fontVariantNumeric: 'tabular-nums', width: '84px' },
  who: { width: '120px' },
  kind: { width: '130px' },
  row: { cursor: 'pointer' },
  what: { overflowWrap: 'anywhere', minWidth: '220px' },
});

interface FlowTableProps {
  readonly flow: CallFlow;
  readonly hidden: ReadonlySet<FlowCategory>;
  readonly selected: number | undefined;
  readonly onSelect: (sequence: number) => void;
}

/** The ladder as text, for screen readers and for copying: every entry that passes the filter, one row each. */
export function FlowTable({ flow, hidden, selected, onSelect }: FlowTableProps): ReactNode {
  const styles = useStyles();
  const titles = useMemo(() => new Map(namedLanes(flow).map(({ id, title, subtitle }) => [id, `${title} (${subtitle})`])), [flow]);
  const named = useMemo(() => namingOf(flow), [flow]);
  const shown = inOrder(flow).filter(({ detail }) => !hidden.has(categoryOf(detail.kind)));
  return (
    <div className={styles.scroller}>
      <Table size="small" aria-label="Call flow" style={{ minWidth: 720 }}>
        <TableHeader>
          <TableRow>
            <TableHeaderCell className={styles.time}>Seconds</TableHeaderCell>
            <TableHeaderCell className={styles.who}>From</TableHeaderCell>
            <TableHeaderCell className={styles.who}>To</TableHeaderCell>
            <TableHeaderCell className={styles.kind}>Kind</TableHeaderCell>
            <TableHeaderCell>What</TableHeaderCell>
          </TableRow>
        </TableHeader>
        <TableBody>
          {shown.map((event) => (
            <TableRow
              key={event.sequence} className={styles.row} tabIndex={0} appearance={event.sequence === selected ? 'brand' : 'none'} aria-selected={event.sequence === selected}
              onClick={() => onSelect(event.sequence)} onKeyDown={({ key }) => key === 'Enter' && onSelect(event.sequence)}
            >
              <TableCell className={styles.time}>{formatOffset(offsetOf(flow, event))}</TableCell>
              <TableCell className={styles.who}>{titles.get(event.from) ?? event.from}</TableCell>
              <TableCell className={styles.who}>{event.to === undefined ? '' : (titles.get(event.to) ?? event.to)}</TableCell>
              <TableCell className={styles.kind}>{categoryNames[categoryOf(event.detail.kind)]}</TableCell>
              <TableCell className={styles.what}>{eventLabel(event.detail, named)}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}
