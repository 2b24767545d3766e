import { Button, Dialog, DialogBody, DialogContent, DialogSurface, DialogTitle, DialogTrigger, makeStyles, Select, Text, tokens } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { SplitVerticalRegular } from '@fluentui/react-icons/svg/split-vertical';
import type { CallFlow, SipMessage } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import { formatOffset } from '../text/duration.ts';
import { eventLabel } from './event-text.ts';
import { offsetOf } from './flow-analysis.ts';
import { lanesOf, namedLanes, namingOf } from './flow-lanes.ts';
import { counterpartOf, isResponse, sipEvents, type SipEvent } from './sip-exchange.ts';
import { SipText } from './sip-text.tsx';

const useStyles = makeStyles({
  surface: { maxWidth: 'min(1320px, 96vw)', width: '96vw', height: '92dvh', maxHeight: '92dvh', boxSizing: 'border-box' },
  body: { height: '100%', maxHeight: 'none' },
  content: { display: 'grid', gap: '16px', gridTemplate: 'minmax(0, 1fr) / repeat(2, minmax(0, 1fr))', overflow: 'hidden', '@media (max-width: 899px)': { gridTemplate: 'repeat(2, minmax(0, 1fr)) / minmax(0, 1fr)' } },
  side: { display: 'grid', gap: '8px', gridTemplate: 'auto minmax(0, 1fr) / minmax(0, 1fr)', minHeight: 0 },
  hint: { color: tokens.colorNeutralForeground3 },
});

interface SipPairDialogProps {
  readonly flow: CallFlow;
  readonly event: SipEvent;
  readonly messages: ReadonlyMap<string, SipMessage>;
}

/** Opens a message beside the one that it belongs to: the request on the left, its response on the right. Any two of the call can be chosen. */
export function SipPairDialog({ flow, event, messages }: SipPairDialogProps): ReactNode {
  const styles = useStyles();
  return (
    <Dialog>
      <DialogTrigger disableButtonEnhancement><Button size="small" icon={<SplitVerticalRegular />}>{isResponse(event) ? 'Beside its request' : 'Beside its response'}</Button></DialogTrigger>
      <DialogSurface className={styles.surface}>
        <DialogBody className={styles.body}>
          <DialogTitle action={<DialogTrigger action="close"><Button appearance="subtle" aria-label="Close" icon={<DismissRegular />} /></DialogTrigger>}>
            SIP messages <Text className={styles.hint}>Lines that the other message does not have are marked.</Text>
          </DialogTitle>
          <Pair flow={flow} event={event} messages={messages} />
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

function Pair({ flow, event, messages }: SipPairDialogProps): ReactNode {
  const styles = useStyles();
  const all = sipEvents(flow);
  const titleOf = titlesOf(flow);
  const other = counterpartOf(event, all) ?? event;
  const [left, right] = isResponse(event) ? [other, event] : [event, other];
  const [leftSequence, setLeft] = useState(left.sequence);
  const [rightSequence, setRight] = useState(right.sequence);
  const textOf = (sequence: number): string => {
    const chosen = all.find((candidate) => candidate.sequence === sequence);
    return (chosen === undefined ? undefined : messages.get(chosen.detail.messageId)?.text) ?? 'This message is not kept any more.';
  };
  const sides = [
    { label: 'Message on the left', sequence: leftSequence, choose: setLeft, beside: rightSequence },
    { label: 'Message on the right', sequence: rightSequence, choose: setRight, beside: leftSequence },
  ];
  return (
    <DialogContent className={styles.content}>
      {sides.map(({ label, sequence, choose, beside }) => (
        <div key={label} className={styles.side}>
          <Select aria-label={label} value={String(sequence)} onChange={(_, { value }) => choose(Number(value))}>
            {all.map((each) => <option key={each.sequence} value={each.sequence}>{titleOf(each)}</option>)}
          </Select>
          <SipText label={label} text={textOf(sequence)} comparedWith={sequence === beside ? undefined : textOf(beside)} />
        </div>
      ))}
    </DialogContent>
  );
}

/** `+0.020 Controller → demo-carrier.test: INVITE sip:…` */
function titlesOf(flow: CallFlow): (event: SipEvent) => string {
  const titles = new Map(namedLanes(flow).map(({ id, title }) => [id, title]));
  const named = namingOf(flow);
  return (event) => `${formatOffset(offsetOf(flow, event))} ${lanesOf(event).map((lane) => titles.get(lane) ?? lane).join(' → ')}: ${eventLabel(event.detail, named)}`;
}
