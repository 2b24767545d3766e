import { Badge, Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import type { CallFlow, FlowEvent } from '@dialplane/calling-api';
import type { ReactNode } from 'react';
import { useCommand } from '../calling/use-command.ts';
import { formatOffset } from '../text/duration.ts';
import { categoryColors } from './category-colors.ts';
import { eventLabel } from './event-text.ts';
import { offsetOf } from './flow-analysis.ts';
import { categoryNames, categoryOf } from './flow-category.ts';
import { lanesOf, namedLanes } from './flow-lanes.ts';

const useStyles = makeStyles({
  root: { display: 'grid', gap: '12px', alignContent: 'start' },
  entry: { display: 'grid', gap: '8px' },
  facts: { display: 'grid', gridTemplateColumns: 'auto 1fr', gap: '4px 12px', margin: 0, '& dt': { color: tokens.colorNeutralForeground3 }, '& dd': { margin: 0, overflowWrap: 'anywhere' } },
  json: {
    margin: 0, padding: '12px', borderRadius: tokens.borderRadiusMedium, backgroundColor: tokens.colorNeutralBackground3, fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200, lineHeight: tokens.lineHeightBase300, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', maxHeight: '44dvh', overflowY: 'auto',
  },
});

/** Everything that the record holds of the chosen line: one entry, or the run of entries that it stands for. */
export function EventDetails({ flow, events }: { readonly flow: CallFlow; readonly events: readonly FlowEvent[] }): ReactNode {
  const styles = useStyles();
  const run = useCommand();
  const titles = new Map(namedLanes(flow).map(({ id, title }) => [id, title]));
  const [first] = events;
  if (first === undefined) return <Text style={{ color: tokens.colorNeutralForeground3 }}>Choose a line to see everything that was recorded of it.</Text>;
  const category = categoryOf(first.detail.kind);
  const json = JSON.stringify(events.length === 1 ? first : events, undefined, 2);
  return (
    <div className={styles.root}>
      <Badge appearance="tint" style={{ color: categoryColors[category], justifySelf: 'start' }}>{categoryNames[category]}</Badge>
      {events.map((event) => (
        <div key={event.sequence} className={styles.entry}>
          <Text weight="semibold">{eventLabel(event.detail)}</Text>
          <dl className={styles.facts}>
            <dt>At</dt>
            <dd>{formatOffset(offsetOf(flow, event))} s · {new Date(event.time).toLocaleTimeString()}</dd>
            <dt>{event.to === undefined ? 'On' : 'Between'}</dt>
            <dd>{lanesOf(event).map((lane) => titles.get(lane) ?? lane).join(' → ')}</dd>
            <dt>Seen by</dt>
            <dd>{event.source}</dd>
            {explanationOf(event)}
          </dl>
        </div>
      ))}
      <pre className={styles.json}>{json}</pre>
      <Button size="small" icon={<CopyRegular />} style={{ justifySelf: 'start' }} onClick={() => run(() => navigator.clipboard.writeText(json))}>Copy JSON</Button>
    </div>
  );
}

function explanationOf({ detail }: FlowEvent): ReactNode {
  const sentence = detail.kind === 'ended' ? detail.endReason.message : detail.kind === 'decision' || detail.kind === 'clientDecision' ? detail.why : undefined;
  return sentence === undefined ? null : <><dt>Why</dt><dd>{sentence}</dd></>;
}
