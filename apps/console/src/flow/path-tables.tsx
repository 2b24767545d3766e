import { Badge, makeStyles, Table, TableBody, TableCell, TableHeader, TableHeaderCell, TableRow, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { TableScroller } from '../shell/table-scroller.tsx';
import { formatDuration, formatOffset } from '../text/duration.ts';
import { formatBytes } from '../text/quantity.ts';
import { streamName } from './event-text.ts';
import type { PairRow, StreamRow } from './flow-analysis.ts';
import { candidateText, pathNames } from './media-path.ts';

const useStyles = makeStyles({
  table: { minWidth: '680px', tableLayout: 'auto' },
  numeric: { fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' },
  address: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200, whiteSpace: 'nowrap' },
  empty: { color: tokens.colorNeutralForeground3 },
});

const outcomes = { selected: { text: 'Selected', color: 'success' }, succeeded: { text: 'Works', color: 'informative' }, failed: { text: 'Failed', color: 'danger' } } as const;

/** The candidate pairs that were tried, and the one that media took (RFC 8445 §6.1.2). */
export function PairTable({ pairs, titles }: { readonly pairs: readonly PairRow[]; readonly titles: ReadonlyMap<string, string> }): ReactNode {
  const styles = useStyles();
  if (pairs.length === 0) return <Text className={styles.empty}>No client has reported a pair: media was never tried, or the reports are still to come.</Text>;
  return (
    <TableScroller label="Candidate pairs">
      <Table size="small" className={styles.table} aria-label="Candidate pairs">
        <TableHeader>
          <TableRow>{['Seen by', 'Outcome', 'Path', 'Local', 'Remote', 'Round trip', 'Tried at'].map((name) => <TableHeaderCell key={name}>{name}</TableHeaderCell>)}</TableRow>
        </TableHeader>
        <TableBody>
          {pairs.toSorted((a, b) => rank[a.outcome] - rank[b.outcome]).map((pair) => (
            <TableRow key={`${pair.laneId} ${candidateText(pair.local)} ${candidateText(pair.remote)}`}>
              <TableCell>{titles.get(pair.laneId) ?? pair.laneId}</TableCell>
              <TableCell><Badge appearance={pair.outcome === 'selected' ? 'filled' : 'tint'} color={outcomes[pair.outcome].color}>{outcomes[pair.outcome].text}</Badge></TableCell>
              <TableCell>{pathNames[pair.path]} · {pair.transport}</TableCell>
              <TableCell className={styles.address}>{candidateText(pair.local)}</TableCell>
              <TableCell className={styles.address}>{candidateText(pair.remote)}</TableCell>
              <TableCell className={styles.numeric}>{pair.rttMs === undefined ? '–' : `${pair.rttMs.toFixed(1)} ms`}</TableCell>
              <TableCell className={styles.numeric}>{formatOffset(pair.firstMs)} s</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableScroller>
  );
}

const rank = { selected: 0, succeeded: 1, failed: 2 } as const;

/** Media as each device saw it: what it sent and received, from when to when. */
export function StreamTable({ streams, titles }: { readonly streams: readonly StreamRow[]; readonly titles: ReadonlyMap<string, string> }): ReactNode {
  const styles = useStyles();
  if (streams.length === 0) return <Text className={styles.empty}>No media was seen.</Text>;
  const at = (ms: number | undefined): string => (ms === undefined ? '–' : `${formatOffset(ms)} s`);
  return (
    <TableScroller label="Media per direction">
      <Table size="small" className={styles.table} aria-label="Media per direction">
        <TableHeader>
          <TableRow>{['Device of', 'Direction', 'Media', 'Codec', 'First packet', 'Last packet', 'Flowed for', 'Packets', 'Bytes', 'Lost'].map((name) => <TableHeaderCell key={name}>{name}</TableHeaderCell>)}</TableRow>
        </TableHeader>
        <TableBody>
          {streams.map((row) => (
            <TableRow key={`${row.laneId} ${row.direction} ${row.mediaStreamType}`}>
              <TableCell>{titles.get(row.laneId) ?? row.laneId}</TableCell>
              <TableCell>{row.direction === 'send' ? 'sent' : 'received'}</TableCell>
              <TableCell>{streamName(row.mediaStreamType)}</TableCell>
              <TableCell>{row.codec ?? '–'}</TableCell>
              <TableCell className={styles.numeric}>{at(row.firstMs)}</TableCell>
              <TableCell className={styles.numeric}>{at(row.lastMs)}</TableCell>
              <TableCell className={styles.numeric}>{row.firstMs === undefined || row.lastMs === undefined ? '–' : formatDuration(row.lastMs - row.firstMs)}</TableCell>
              <TableCell className={styles.numeric}>{row.packets ?? '–'}</TableCell>
              <TableCell className={styles.numeric}>{row.bytes === undefined ? '–' : formatBytes(row.bytes)}</TableCell>
              <TableCell className={styles.numeric}>{row.packetsLost ?? '–'}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableScroller>
  );
}
