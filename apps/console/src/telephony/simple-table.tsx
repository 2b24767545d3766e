import { makeStyles, Table, TableBody, TableCell, TableHeader, TableHeaderCell, TableRow, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';

const useStyles = makeStyles({
  scroller: { overflowX: 'auto', border: `1px solid ${tokens.colorNeutralStroke2}`, borderRadius: tokens.borderRadiusLarge, backgroundColor: tokens.colorNeutralBackground1 },
  table: { minWidth: '640px', tableLayout: 'auto', '& td': { fontVariantNumeric: 'tabular-nums' } },
  empty: { color: tokens.colorNeutralForeground3 },
});

export interface SimpleTableProps {
  readonly label: string;
  readonly heads: readonly string[];
  readonly rows: ReadonlyArray<{ readonly key: string; readonly cells: readonly ReactNode[] }>;
  /** Stands in the place of the table while there are no rows. */
  readonly empty: string;
}

/** A table whose cells are given row by row. */
export function SimpleTable({ label, heads, rows, empty }: SimpleTableProps): ReactNode {
  const styles = useStyles();
  if (rows.length === 0) return <Text className={styles.empty}>{empty}</Text>;
  return (
    <div className={styles.scroller}>
      <Table size="small" className={styles.table} aria-label={label}>
        <TableHeader><TableRow>{heads.map((head) => <TableHeaderCell key={head}>{head}</TableHeaderCell>)}</TableRow></TableHeader>
        <TableBody>
          {rows.map(({ key, cells }) => <TableRow key={key}>{cells.map((cell, index) => <TableCell key={heads[index]}>{cell}</TableCell>)}</TableRow>)}
        </TableBody>
      </Table>
    </div>
  );
}
