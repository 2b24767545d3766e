import { makeStyles, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { formatDuration } from '../text/duration.ts';
import { formatCount } from '../text/quantity.ts';
import type { Milestones } from './flow-analysis.ts';
import { wayExplanation, wayText } from './media-path.ts';

const useStyles = makeStyles({
  strip: { display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(128px, 1fr))', gap: '1px', margin: 0, borderRadius: tokens.borderRadiusLarge, overflow: 'hidden', border: `1px solid ${tokens.colorNeutralStroke2}`, backgroundColor: tokens.colorNeutralBackground1 },
  cell: { display: 'flex', flexDirection: 'column-reverse', justifyContent: 'flex-end', gap: '2px', padding: '12px 16px', boxShadow: `0 0 0 1px ${tokens.colorNeutralStroke2}`, '& dd': { margin: 0 } },
  value: { fontSize: tokens.fontSizeBase500, lineHeight: tokens.lineHeightBase500, fontWeight: tokens.fontWeightSemibold, fontVariantNumeric: 'tabular-nums' },
  name: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
});

type Cell = readonly [name: string, value: string, hint?: string];

/** The figures people look for first. What the record does not hold is a dash. */
export function MilestoneStrip({ milestones }: { readonly milestones: Milestones }): ReactNode {
  const styles = useStyles();
  const { ringingMs, answeredMs, answerToMediaMs, totalMs, way, joined } = milestones;
  const span = (ms: number | undefined): string => (ms === undefined ? '–' : formatDuration(ms));
  const beginning: readonly Cell[] = joined === undefined
    ? [['Rang after', span(ringingMs)], ['Answered after', span(answeredMs)], ['Answer to media', span(answerToMediaMs)]]
    : [['Joined', formatCount(joined.people, 'device')], ['First media after', span(joined.mediaMs)]];
  const cells: readonly Cell[] = [...beginning, way === undefined ? ['Media path', '–'] : ['Media path', wayText(way), wayExplanation(way)], ['Duration', span(totalMs)]];
  return (
    <dl className={styles.strip}>
      {cells.map(([name, value, hint]) => (
        <div key={name} className={styles.cell} title={hint}>
          <dd className={styles.value}>{value}</dd>
          <dt><Text className={styles.name}>{name}</Text></dt>
        </div>
      ))}
    </dl>
  );
}
