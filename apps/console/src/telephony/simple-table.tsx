import { makeStyles, mergeClasses, SearchBox, Table, TableBody, TableCell, TableHeader, TableHeaderCell, TableRow, Text, tokens } from '@fluentui/react-components';
import { useState, type ReactNode } from 'react';

const useStyles = makeStyles({
  root: { display: 'grid', gap: '8px', gridTemplateColumns: 'minmax(0, 1fr)', justifyItems: 'start' },
  scroller: { boxSizing: 'border-box', width: '100%', overflow: 'auto', maxHeight: '452px', border: `1px solid ${tokens.colorNeutralStroke2}`, borderRadius: tokens.borderRadiusLarge, backgroundColor: tokens.colorNeutralBackground1 },
  table: { minWidth: '640px', tableLayout: 'auto', '& td': { fontVariantNumeric: 'tabular-nums', overflowWrap: 'anywhere' }, '& .fui-Badge': { whiteSpace: 'nowrap', flexShrink: 0 } },
  actions: { '& td:last-child': { whiteSpace: 'nowrap' } },
  head: { position: 'sticky', top: 0, zIndex: 1, backgroundColor: tokens.colorNeutralBackground1, boxShadow: `0 1px 0 ${tokens.colorNeutralStroke2}` },
  unseen: { position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clipPath: 'inset(50%)' },
  empty: { color: tokens.colorNeutralForeground3 },
});

/** From so many rows on one searches rather than looks. */
const searchedFrom = 12;

export interface SimpleRow {
  readonly key: string;
  readonly cells: readonly ReactNode[];
  /** What of the row can be searched for, where its cells are more than text. */
  readonly words?: string;
}

export interface SimpleTableProps {
  readonly label: string;
  /** The last is empty where its column holds what can be done with the row. */
  readonly heads: readonly string[];
  readonly rows: readonly SimpleRow[];
  /** Stands in the place of the table while there are no rows. */
  readonly empty: string;
}

/** A table whose cells are given row by row. A long one scrolls under its head, and is searched. One without actions takes the focus itself, so that the arrow keys scroll it. */
export function SimpleTable({ label, heads, rows, empty }: SimpleTableProps): ReactNode {
  const styles = useStyles();
  const [query, setQuery] = useState('');
  if (rows.length === 0) return <Text className={styles.empty}>{empty}</Text>;
  const isSearched = rows.length >= searchedFrom;
  const shown = isSearched ? rows.filter((row) => wordsOf(row).includes(query.trim().toLocaleLowerCase())) : rows;
  return (
    <div className={styles.root}>
      {isSearched ? <SearchBox value={query} placeholder={`Search ${rows.length}`} aria-label={`Search in ${label}`} onChange={(_, { value }) => setQuery(value)} /> : null}
      <div className={styles.scroller} {...(heads.at(-1) === '' ? {} : { tabIndex: 0, role: 'group', 'aria-label': label })}>
        <Table size="small" className={mergeClasses(styles.table, heads.at(-1) === '' && styles.actions)} aria-label={label}>
          <TableHeader className={styles.head}><TableRow>{heads.map((head, index) => <TableHeaderCell key={head === '' ? index : head}>{head === '' ? <span className={styles.unseen}>Actions</span> : head}</TableHeaderCell>)}</TableRow></TableHeader>
          <TableBody>
            {shown.map(({ key, cells }) => <TableRow key={key}>{cells.map((cell, index) => <TableCell key={heads[index]}>{cell}</TableCell>)}</TableRow>)}
          </TableBody>
        </Table>
      </div>
      {isSearched && shown.length === 0 ? <Text className={styles.empty}>Nothing here matches “{query}”.</Text> : null}
    </div>
  );
}

function wordsOf({ cells, words }: SimpleRow): string {
  return [...cells.filter((cell) => typeof cell === 'string'), words ?? ''].join(' ').toLocaleLowerCase();
}
