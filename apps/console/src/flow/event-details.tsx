import { Badge, Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import type { CallFlow, FlowDetail, FlowEvent, SipMessage } from '@dialplane/calling-api';
import type { ReactNode } from 'react';
import { useCommand } from '../calling/use-command.ts';
import { formatOffset } from '../text/duration.ts';
import { categoryColors } from './category-colors.ts';
import { eventLabel } from './event-text.ts';
import { offsetOf } from './flow-analysis.ts';
import { categoryNames, categoryOf } from './flow-category.ts';
import { lanesOf, namedLanes, namingOf, type Naming } from './flow-lanes.ts';
import { isSip } from './sip-exchange.ts';
import { SipPairDialog } from './sip-pair-dialog.tsx';
import { SipText } from './sip-text.tsx';

const useStyles = makeStyles({
  root: { display: 'grid', gap: '12px', alignContent: 'start' },
  entry: { display: 'grid', gap: '8px' },
  facts: { display: 'grid', gridTemplateColumns: 'auto 1fr', gap: '4px 12px', margin: 0, '& dt': { color: tokens.colorNeutralForeground3 }, '& dd': { margin: 0, overflowWrap: 'anywhere' } },
  actions: { display: 'flex', flexWrap: 'wrap', gap: '8px' },
  message: { maxHeight: '44dvh' },
  text: {
    margin: 0, padding: '12px', borderRadius: tokens.borderRadiusMedium, backgroundColor: tokens.colorNeutralBackground3, fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200, lineHeight: tokens.lineHeightBase300, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', maxHeight: '44dvh', overflowY: 'auto',
  },
});

interface EventDetailsProps {
  readonly flow: CallFlow;
  readonly events: readonly FlowEvent[];
  /** The texts of SIP messages that are known, by their id. */
  readonly sipMessages: ReadonlyMap<string, SipMessage>;
}

/** Everything that the record holds of the chosen line: one entry, or the run of entries that it stands for; a SIP message as its text. */
export function EventDetails({ flow, events, sipMessages }: EventDetailsProps): ReactNode {
  const styles = useStyles();
  const run = useCommand();
  const titles = new Map(namedLanes(flow).map(({ id, title }) => [id, title]));
  const named = namingOf(flow);
  const [first] = events;
  if (first === undefined) return <Text style={{ color: tokens.colorNeutralForeground3 }}>Choose a line to see everything that was recorded of it.</Text>;
  const category = categoryOf(first.detail.kind);
  const message = first.detail.kind === 'sip' ? sipMessages.get(first.detail.messageId) : undefined;
  const text = message?.text ?? JSON.stringify(events.length === 1 ? first : events, undefined, 2);
  return (
    <div className={styles.root}>
      <Badge appearance="tint" style={{ color: categoryColors[category], justifySelf: 'start' }}>{categoryNames[category]}</Badge>
      {events.map((event) => (
        <div key={event.sequence} className={styles.entry}>
          <Text weight="semibold">{eventLabel(event.detail, named)}</Text>
          <dl className={styles.facts}>
            <dt>At</dt>
            <dd>{formatOffset(offsetOf(flow, event))} s · {new Date(event.time).toLocaleTimeString()}</dd>
            <dt>{event.to === undefined ? 'On' : 'Between'}</dt>
            <dd>{lanesOf(event).map((lane) => titles.get(lane) ?? lane).join(' → ')}</dd>
            <dt>Seen by</dt>
            <dd>{event.source}</dd>
            {event.detail.kind === 'sip' ? <><dt>Over</dt><dd>{hopText(event.detail)}</dd></> : null}
            {explanationOf(event, named)}
          </dl>
        </div>
      ))}
      {message === undefined ? <pre className={styles.text}>{text}</pre> : <SipText label="SIP message" text={text} className={styles.message} />}
      <div className={styles.actions}>
        {message === undefined || !isSip(first) ? null : <SipPairDialog key={first.sequence} flow={flow} event={first} messages={sipMessages} />}
        <Button size="small" icon={<CopyRegular />} onClick={() => run(() => navigator.clipboard.writeText(text))}>{message === undefined ? 'Copy JSON' : 'Copy the message'}</Button>
      </div>
    </div>
  );
}

function hopText({ transport, direction, local, remote }: Extract<FlowDetail, { readonly kind: 'sip' }>): string {
  if (transport === 'inside') return 'inside the server';
  return `${transport.toUpperCase()} · ${direction === 'in' ? `${remote} → ${local}` : `${local} → ${remote}`}`;
}

function explanationOf({ detail }: FlowEvent, named: Naming): ReactNode {
  const sentence = detail.kind === 'ended' ? detail.endReason.message : detail.kind === 'decision' || detail.kind === 'clientDecision' ? detail.why : undefined;
  return sentence === undefined ? null : <><dt>Why</dt><dd>{named(sentence)}</dd></>;
}
