import { Link, makeStyles, Table, TableBody, TableCell, TableHeader, TableHeaderCell, TableRow, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { hrefOf } from '../routes/route.ts';
import { TableScroller } from '../shell/table-scroller.tsx';
import { formatDuration } from '../text/duration.ts';
import { formatBytes } from '../text/quantity.ts';
import { formatMoney, totalCost, type UsageRow } from './usage-rows.ts';

const useStyles = makeStyles({
  table: { minWidth: '720px', tableLayout: 'auto', '& td': { fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' } },
  total: { fontWeight: tokens.fontWeightSemibold },
  empty: { color: tokens.colorNeutralForeground3 },
});

interface UsageTableProps {
  readonly rows: readonly UsageRow[];
  readonly label: string;
  /** What its lines are: `Day`. */
  readonly head: string;
}

/** What the relay carried, line by line, and all of it together. Bytes are exact in the title of their cell. */
export function UsageTable({ rows, label, head }: UsageTableProps): ReactNode {
  const styles = useStyles();
  if (rows.length === 0) return <Text className={styles.empty}>Nothing was relayed.</Text>;
  const sum = (of: (row: UsageRow) => number): number => rows.reduce((total, row) => total + of(row), 0);
  return (
    <TableScroller label={label}>
      <Table size="small" className={styles.table} aria-label={label}>
        <TableHeader><TableRow>{[head, 'Reached over', 'Allocations', 'Sent to peers', 'Received from peers', 'Time', 'Cost'].map((text) => <TableHeaderCell key={text}>{text}</TableHeaderCell>)}</TableRow></TableHeader>
        <TableBody>
          {rows.map((row) => (
            <TableRow key={row.key}>
              <TableCell>{row.callId === undefined ? row.title : <Link href={hrefOf({ screen: 'flow', callId: row.callId })}>{row.title}</Link>}</TableCell>
              <TableCell>{row.transport?.toUpperCase() ?? ''}</TableCell>
              <TableCell>{row.allocations}</TableCell>
              <TableCell title={`${row.toPeerBytes} bytes`}>{formatBytes(row.toPeerBytes)}</TableCell>
              <TableCell title={`${row.toClientBytes} bytes`}>{formatBytes(row.toClientBytes)}</TableCell>
              <TableCell>{formatDuration(row.durationMs)}</TableCell>
              <TableCell>{formatMoney(row.cost, row.currency)}</TableCell>
            </TableRow>
          ))}
          <TableRow className={styles.total}>
            <TableCell>All</TableCell>
            <TableCell />
            <TableCell>{sum(({ allocations }) => allocations)}</TableCell>
            <TableCell title={`${sum(({ toPeerBytes }) => toPeerBytes)} bytes`}>{formatBytes(sum(({ toPeerBytes }) => toPeerBytes))}</TableCell>
            <TableCell title={`${sum(({ toClientBytes }) => toClientBytes)} bytes`}>{formatBytes(sum(({ toClientBytes }) => toClientBytes))}</TableCell>
            <TableCell>{formatDuration(sum(({ durationMs }) => durationMs))}</TableCell>
            <TableCell>{totalCost(rows)}</TableCell>
          </TableRow>
        </TableBody>
      </Table>
    </TableScroller>
  );
}
