import { Features, type Call, type ParticipantCapabilityName } from '@dialplane/calling';
import { Button, makeStyles, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger, mergeClasses, tokens, Tooltip } from '@fluentui/react-components';
import { CallEndFilled } from '@fluentui/react-icons/svg/call-end';
import { EmojiRegular } from '@fluentui/react-icons/svg/emoji';
import { HandRightFilled, HandRightRegular } from '@fluentui/react-icons/svg/hand-right';
import { MicFilled } from '@fluentui/react-icons/svg/mic';
import { MicOffFilled } from '@fluentui/react-icons/svg/mic-off';
import { PauseRegular } from '@fluentui/react-icons/svg/pause';
import { PlayRegular } from '@fluentui/react-icons/svg/play';
import { ShareScreenStartRegular } from '@fluentui/react-icons/svg/share-screen-start';
import { ShareScreenStopFilled } from '@fluentui/react-icons/svg/share-screen-stop';
import { VideoFilled } from '@fluentui/react-icons/svg/video';
import { VideoOffFilled } from '@fluentui/react-icons/svg/video-off';
import { useEffect, useEffectEvent, type ReactElement, type ReactNode } from 'react';
import { useCalling } from '../calling/calling-context.tsx';
import { useEmitter } from '../calling/use-emitter.ts';
import { useCommand, useCommandInTurn } from '../calling/use-command.ts';
import { Keypad } from './keypad.tsx';
import { reactionSigns } from './reactions.tsx';
import { TransferControl } from './transfer-control.tsx';

const useStyles = makeStyles({
  bar: { display: 'flex', justifyContent: 'center', alignItems: 'center', gap: '10px', flexWrap: 'wrap', padding: '12px 16px calc(12px + env(safe-area-inset-bottom))', '@media (max-width: 719px)': { flexWrap: 'nowrap', gap: '3px', padding: '10px 4px calc(10px + env(safe-area-inset-bottom))' } },
  button: { minWidth: '48px', width: '48px', height: '48px', borderRadius: '50%', padding: 0, border: 'none', backgroundColor: '#26312f', color: '#fff', ':hover': { backgroundColor: '#34423f', color: '#fff' }, ':hover:active': { backgroundColor: '#34423f', color: '#fff' }, '@media (max-width: 719px)': { width: '40px', minWidth: '36px', maxWidth: '40px', flexShrink: 1, height: '40px' } },
  off: { backgroundColor: '#fff', color: '#16201f', ':hover': { backgroundColor: '#e6ecec', color: '#16201f' } },
  end: { width: '68px', borderRadius: '24px', backgroundColor: '#d13438', ':hover': { backgroundColor: '#b52a2e', color: '#fff' }, ':hover:active': { backgroundColor: '#9b2226', color: '#fff' }, '@media (max-width: 719px)': { width: '52px', minWidth: '52px', flexShrink: 0 } },
  signs: { flexDirection: 'row', gap: '2px' },
  popover: { minWidth: 'auto' },
  sign: { minWidth: '44px', maxWidth: '44px', height: '44px', padding: 0, display: 'grid', placeItems: 'center' },
});

interface ControlBarProps {
  readonly call: Call;
  /** Whether this person's hand is raised now. */
  readonly isHandRaised: () => boolean;
  /** Before the answer there is nothing to hold, share or react to. */
  readonly isConnected: boolean;
}

/** What one can do in a call. Every button has a key of its own, told in its tooltip. */
export function ControlBar({ call, isHandRaised: isOwnHandRaised, isConnected }: ControlBarProps): ReactNode {
  const styles = useStyles();
  const { devices } = useCalling();
  const run = useCommand();
  const runCamera = useCommandInTurn();
  const runHold = useCommandInTurn();
  const runHand = useCommandInTurn();
  const isHeld = call.state === 'LocalHold';
  const isHandRaised = isOwnHandRaised();
  const hasTelephone = call.remoteParticipants.some(({ endpointDetails }) => endpointDetails.some(({ device }) => device === 'telephone'));
  const isTransferable = call.info.groupId === undefined && call.info.roomId === undefined && call.remoteParticipants.length === 1;
  const isBarred = useBarred(call);
  const raiseHand = call.feature(Features.RaiseHand);
  const toggleMic = (): void => run(async () => {
    if (!call.isMuted) return call.mute();
    await devices.ask(false);
    return call.unmute();
  });
  const toggleCamera = (): void => runCamera(async () => {
    const sent = call.localVideoStreams.find(({ mediaStreamType }) => mediaStreamType === 'Video');
    if (sent !== undefined) {
      await call.stopVideo(sent);
      devices.turnCameraOff();
      return;
    }
    const stream = await devices.turnCameraOn();
    if (stream !== undefined) await call.startVideo(stream);
  });
  const toggleScreen = (): void => run(() => (call.isScreenSharingOn ? call.stopScreenSharing() : call.startScreenSharing()));
  const toggleHold = (): void => runHold(() => (call.state === 'LocalHold' ? call.resume() : call.hold()));
  const toggleHand = (): void => runHand(() => (isOwnHandRaised() ? raiseHand.lowerHand() : raiseHand.raiseHand()));
  useCallKeys({ m: toggleMic, v: toggleCamera, ...(isConnected ? { s: toggleScreen, h: toggleHold, r: toggleHand } : {}) });

  const control = (label: string, key: string, icon: ReactElement, isOff: boolean, onClick: () => void, isDisabled = false): ReactNode => (
    <Tooltip content={`${label} (${key})`} relationship="label">
      <Button className={mergeClasses(styles.button, isOff && styles.off)} icon={icon} aria-keyshortcuts={key} onClick={onClick} disabled={isDisabled} />
    </Tooltip>
  );
  return (
    <div className={styles.bar} role="toolbar" aria-label="Call controls">
      {control(call.isMuted ? 'Unmute' : 'Mute', 'M', call.isMuted ? <MicOffFilled /> : <MicFilled />, call.isMuted, toggleMic, isBarred('unmuteMic'))}
      {control(call.isLocalVideoStarted ? 'Camera off' : 'Camera on', 'V', call.isLocalVideoStarted ? <VideoFilled /> : <VideoOffFilled />, !call.isLocalVideoStarted, toggleCamera, isBarred('turnVideoOn'))}
      {isConnected ? (
        <>
          {control(call.isScreenSharingOn ? 'Stop sharing' : 'Share screen', 'S', call.isScreenSharingOn ? <ShareScreenStopFilled /> : <ShareScreenStartRegular />, call.isScreenSharingOn, toggleScreen, isHeld || isBarred('shareScreen') || !('getDisplayMedia' in (navigator.mediaDevices ?? {})))}
          {control(isHeld ? 'Resume' : 'Hold', 'H', isHeld ? <PlayRegular /> : <PauseRegular />, isHeld, toggleHold)}
          {control(isHandRaised ? 'Lower hand' : 'Raise hand', 'R', isHandRaised ? <HandRightFilled /> : <HandRightRegular />, isHandRaised, toggleHand, isBarred('raiseHand'))}
          <Menu>
            <MenuTrigger disableButtonEnhancement>
              <Tooltip content="React" relationship="label"><Button className={styles.button} icon={<EmojiRegular />} disabled={isBarred('useReactions')} /></Tooltip>
            </MenuTrigger>
            <MenuPopover className={styles.popover}>
              <MenuList className={styles.signs}>
                {reactionSigns.map(({ type, Sign, color, name }) => (
                  <MenuItem key={type} className={styles.sign} aria-label={name} onClick={() => run(() => call.feature(Features.Reaction).sendReaction({ reactionType: type }))}><Sign fontSize={26} primaryFill={color} /></MenuItem>
                ))}
              </MenuList>
            </MenuPopover>
          </Menu>
          {hasTelephone ? <Keypad call={call} buttonClass={styles.button} /> : null}
          {isTransferable ? <TransferControl call={call} buttonClass={styles.button} /> : null}
        </>
      ) : null}
      <Tooltip content="Hang up" relationship="label">
        <Button className={mergeClasses(styles.button, styles.end)} icon={<CallEndFilled />} onClick={() => run(() => call.hangUp())} style={{ color: tokens.colorNeutralForegroundStaticInverted }} />
      </Tooltip>
    </div>
  );
}

/** What the role in a room does not permit; it may change during the call. */
function useBarred(call: Call): (name: ParticipantCapabilityName) => boolean {
  const capabilities = call.feature(Features.Capabilities);
  useEmitter(capabilities, 'capabilitiesChanged');
  return (name) => capabilities.capabilities[name].reason === 'RoleRestricted';
}

/** Single letters, while the person is not typing and no modifier is held. */
function useCallKeys(keys: Readonly<Record<string, () => void>>): void {
  const handle = useEffectEvent((event: KeyboardEvent) => {
    const isTyping = event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [contenteditable], [role=listbox], [role=menu]') !== null;
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    keys[event.key.toLowerCase()]?.();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => handle(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
}
