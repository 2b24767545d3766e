import type { IncomingCall } from '@dialplane/calling';
import { Avatar, Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { CallRegular } from '@fluentui/react-icons/svg/call';
import { CallEndRegular } from '@fluentui/react-icons/svg/call-end';
import { VideoRegular } from '@fluentui/react-icons/svg/video';
import { useEffect, useEffectEvent, useId, useState, type ReactNode } from 'react';
import { useCalling } from '../calling/calling-context.tsx';
import { nameOf } from '../calling/identifier.ts';
import { startRinging } from '../calling/ringtone.ts';
import { useCommand } from '../calling/use-command.ts';
import { focusUnlessTyping } from '../shell/focus.ts';

const useStyles = makeStyles({
  layer: { position: 'fixed', zIndex: 1000, top: '16px', right: '16px', left: 'auto', display: 'grid', gap: '12px', width: 'min(380px, calc(100vw - 32px))' },
  card: {
    display: 'grid', gap: '16px', padding: '20px', borderRadius: tokens.borderRadiusXLarge, backgroundColor: tokens.colorNeutralBackground1, boxShadow: tokens.shadow64, border: `1px solid ${tokens.colorNeutralStroke1}`,
    animationName: { from: { transform: 'translateY(-16px)', opacity: 0 }, to: { transform: 'none', opacity: 1 } }, animationDuration: tokens.durationSlow, animationTimingFunction: tokens.curveDecelerateMid,
  },
  unseen: { position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clipPath: 'inset(50%)' },
  who: { display: 'flex', gap: '14px', alignItems: 'center', minWidth: 0, '& > div': { minWidth: 0 } },
  name: { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  actions: { display: 'grid', gridTemplateColumns: 'repeat(3, 1fr)', gap: '8px' },
  decline: { backgroundColor: tokens.colorPaletteRedBackground3, color: tokens.colorNeutralForegroundOnBrand, ':hover': { backgroundColor: tokens.colorPaletteRedForeground1, color: tokens.colorNeutralForegroundOnBrand } },
});

/** A card for every call that rings, above whatever is shown, with its sound; and a sentence for screen readers, also where the focus stays with who is typing. */
export function IncomingCallCards(): ReactNode {
  const styles = useStyles();
  const { incoming } = useCalling();
  const isRinging = incoming.length > 0;
  useEffect(() => (isRinging ? startRinging('incoming') : undefined), [isRinging]);
  return (
    <>
      <span aria-live="assertive" className={styles.unseen}>{incoming.map(({ callerInfo }) => `${nameOf(callerInfo)} is calling you.`).join(' ')}</span>
      {isRinging ? <div className={styles.layer}>{incoming.map((call) => <IncomingCallCard key={call.id} call={call} />)}</div> : null}
    </>
  );
}

/** The card takes the focus unless the person is typing: then Enter answers. Escape declines. */
function IncomingCallCard({ call }: { readonly call: IncomingCall }): ReactNode {
  const styles = useStyles();
  const { accept } = useCalling();
  const run = useCommand();
  const titleId = useId();
  const [isAnswering, setIsAnswering] = useState(false);
  const take = (withVideo: boolean): void => run(async () => {
    setIsAnswering(true);
    await accept(call, withVideo).finally(() => setIsAnswering(false));
  });
  const decline = (): void => run(() => call.reject());
  const handleKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.defaultPrevented) decline();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => handleKey(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
  const name = nameOf(call.callerInfo);
  return (
    <div role="alertdialog" aria-labelledby={titleId} aria-describedby={`${titleId}-what`} className={styles.card}>
      <div className={styles.who}>
        <Avatar name={name} size={56} color="colorful" aria-hidden />
        <div>
          <Text as="h2" id={titleId} size={500} weight="semibold" block className={styles.name} style={{ margin: 0 }}>{name}</Text>
          <Text id={`${titleId}-what`} style={{ color: tokens.colorNeutralForeground3 }}>is calling you</Text>
        </div>
      </div>
      <div className={styles.actions}>
        <Button className={styles.decline} icon={<CallEndRegular />} onClick={decline} disabled={isAnswering}>Decline</Button>
        <Button ref={focusUnlessTyping} appearance="primary" icon={<CallRegular />} onClick={() => take(false)} disabled={isAnswering}>Answer</Button>
        <Button appearance="primary" icon={<VideoRegular />} onClick={() => take(true)} disabled={isAnswering}>Video</Button>
      </div>
    </div>
  );
}
