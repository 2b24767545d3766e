import { Features, type Call } from '@dialplane/calling';
import { Button, FluentProvider, makeStyles, OverlayDrawer, DrawerBody, DrawerHeader, DrawerHeaderTitle, Text, Tooltip, useRestoreFocusTarget } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { GridRegular } from '@fluentui/react-icons/svg/grid';
import { PeopleRegular } from '@fluentui/react-icons/svg/people';
import { PersonVoiceRegular } from '@fluentui/react-icons/svg/person-voice';
import { PulseRegular } from '@fluentui/react-icons/svg/pulse';
import { SettingsRegular } from '@fluentui/react-icons/svg/settings';
import { getIdentifierRawId } from '@azure/communication-common';
import { useEffect, useState, type ReactNode } from 'react';
import { callStatus, isBeforeAnswer } from '../calling/call-status.ts';
import { useCalling } from '../calling/calling-context.tsx';
import { namesOf } from '../calling/identifier.ts';
import { qualityLevel, type QualityLevel } from '../calling/media-quality.ts';
import { startRinging } from '../calling/ringtone.ts';
import { useEmitter } from '../calling/use-emitter.ts';
import { useOthersTroubles } from '../calling/use-others-troubles.ts';
import { useParticipants } from '../calling/use-participants.ts';
import { useDiagnostics, useQuality } from '../calling/use-quality.ts';
import { VideoView } from '../calling/video-view.tsx';
import { DevicePickers, DeviceProblem } from '../home/device-panel.tsx';
import { usePageTitle } from '../routes/use-route.ts';
import { useSession } from '../session/use-session.tsx';
import { darkTheme } from '../theme/theme.ts';
import { formatClock } from '../text/duration.ts';
import type { Arrangement } from './arrangement.ts';
import { CallFloor } from './call-floor.tsx';
import { ControlBar } from './control-bar.tsx';
import { DiagnosticNotices } from './diagnostic-notices.tsx';
import { PeoplePanel } from './people-panel.tsx';
import { QualityPanel } from './quality-panel.tsx';
import { ReactionLayer } from './reactions.tsx';
import { ReceivedKeys } from './received-keys.tsx';
import { RefusedAdditions } from './refused-additions.tsx';
import { useNow } from './use-now.ts';

const useStyles = makeStyles({
  stage: { height: '100%', display: 'grid', gridTemplateRows: 'auto auto minmax(0, 1fr) auto', gridTemplateColumns: 'minmax(0, 1fr)', backgroundColor: '#0b1112', color: '#eef4f4' },
  head: { display: 'flex', justifyContent: 'space-between', alignItems: 'center', gap: '12px', padding: '12px 20px' },
  title: { minWidth: 0, display: 'grid' },
  name: { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  status: { display: 'flex', flexWrap: 'wrap', columnGap: '8px', color: '#a9bcbc', fontVariantNumeric: 'tabular-nums' },
  notices: { display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: '8px', padding: '0 16px' },
  floor: { position: 'relative', minHeight: 0, padding: '8px 16px' },
  tools: { display: 'flex', gap: '4px', alignItems: 'center', flexShrink: 0, color: '#a9bcbc' },
});

type Panel = 'quality' | 'devices' | 'people';
const panelTitles: Readonly<Record<Panel, string>> = { quality: 'Connection', devices: 'Devices', people: 'People' };

const levelColors: Readonly<Record<QualityLevel, string>> = { good: '#54b054', fair: '#eaa300', poor: '#dc5e62' };

/** A call in full: who is in it, what they show, and what one can do. Always dark, as pictures look best there. */
export function CallStage({ call }: { readonly call: Call }): ReactNode {
  const styles = useStyles();
  const { session } = useSession();
  const { devices, connectedAt } = useCalling();
  const [panel, setPanel] = useState<Panel>();
  const opener = useRestoreFocusTarget();
  const [arrangement, setArrangement] = useState<Arrangement>('gallery');
  useEmitter(call, 'stateChanged idChanged isMutedChanged isScreenSharingOnChanged isLocalVideoStartedChanged callerInfoChanged');
  const raiseHand = call.feature(Features.RaiseHand);
  useEmitter(raiseHand, 'raisedHandEvent loweredHandEvent');
  const point = useQuality(call);
  const diagnostics = useDiagnostics(call);
  const troubles = useOthersTroubles(call);
  const participants = useParticipants(call);
  const raisedHands = (): Set<string> => new Set(raiseHand.getRaisedHands().map(({ identifier }) => getIdentifierRawId(identifier)));
  const since = connectedAt.get(call);
  const isWaiting = isBeforeAnswer(call.state);
  const level = point === undefined || isWaiting ? undefined : qualityLevel(point);
  const isOwnPictureShown = call.isLocalVideoStarted || (isWaiting && call.localVideoStreams.length > 0);
  const isGroup = call.info.groupId !== undefined;
  const status = callStatus(call.state, call.direction, diagnostics.isReconnecting, isGroup);
  const title = isGroup && participants.length === 0 ? 'Group call' : namesOf(call);
  usePageTitle(`${isWaiting ? 'Calling' : 'In call with'} ${title}`);
  useRingback(call.direction === 'Outgoing' && call.state === 'Ringing');

  return (
    <FluentProvider theme={darkTheme} style={{ height: '100%', colorScheme: 'dark' }}>
      <section className={styles.stage} aria-label={`Call with ${title}`}>
        <header className={styles.head}>
          <div className={styles.title}>
            <Text as="h1" size={500} weight="semibold" className={styles.name} style={{ margin: 0 }}>{title}</Text>
            <span className={styles.status}>
              <Text role="status" aria-live="assertive">{status}</Text>
              {since === undefined ? null : <Clock since={since} />}
            </span>
          </div>
          <div className={styles.tools}>
            <Tooltip content={level === undefined ? 'Connection' : `Connection: ${level}`} relationship="label">
              <Button {...opener} appearance="subtle" size="large" icon={<PulseRegular primaryFill={level === undefined ? 'currentColor' : levelColors[level]} />} onClick={() => setPanel('quality')} />
            </Tooltip>
            {participants.length < 2 ? null : (
              <Tooltip content={arrangement === 'gallery' ? 'Show who speaks' : 'Show everybody'} relationship="label">
                <Button appearance="subtle" size="large" icon={arrangement === 'gallery' ? <PersonVoiceRegular /> : <GridRegular />} onClick={() => setArrangement(arrangement === 'gallery' ? 'speaker' : 'gallery')} />
              </Tooltip>
            )}
            {isWaiting ? null : (
              <Tooltip content={`People: ${participants.length + 1}`} relationship="label">
                <Button {...opener} appearance="subtle" size="large" icon={<PeopleRegular />} onClick={() => setPanel('people')} style={{ minWidth: 'auto' }}>{participants.length + 1}</Button>
              </Tooltip>
            )}
            <Tooltip content="Devices" relationship="label"><Button {...opener} appearance="subtle" size="large" icon={<SettingsRegular />} onClick={() => setPanel('devices')} /></Tooltip>
          </div>
        </header>
        <div className={styles.notices}>
          <DeviceProblem />
          <DiagnosticNotices names={diagnostics.names} />
          <RefusedAdditions call={call} />
        </div>
        <div className={styles.floor}>
          <CallFloor call={call} arrangement={arrangement} troubles={troubles} ownPicture={devices.localVideo === undefined || !isOwnPictureShown ? undefined : <VideoView stream={devices.localVideo} scalingMode="Crop" isMirrored label="Your own picture" />} />
          <ReactionLayer call={call} />
          <ReceivedKeys call={call} />
        </div>
        <ControlBar call={call} isConnected={!isWaiting} isHandRaised={() => session !== undefined && raisedHands().has(session.identifier)} />
      </section>
      <OverlayDrawer position="end" open={panel !== undefined} onOpenChange={(_, { open }) => open || setPanel(undefined)} style={{ maxWidth: '92vw', width: 380 }}>
        <DrawerHeader>
          <DrawerHeaderTitle action={<Button appearance="subtle" aria-label="Close" icon={<DismissRegular />} onClick={() => setPanel(undefined)} />}>{panel === undefined ? '' : panelTitles[panel]}</DrawerHeaderTitle>
        </DrawerHeader>
        <DrawerBody style={{ paddingBottom: 24 }}>
          {panel === 'devices' ? <div style={{ display: 'grid', gap: 14 }}><DevicePickers /></div> : null}
          {panel === 'quality' ? <QualityPanel call={call} point={point} /> : null}
          {panel === 'people' ? <PeoplePanel call={call} troubles={troubles} /> : null}
        </DrawerBody>
      </OverlayDrawer>
    </FluentProvider>
  );
}

function Clock({ since }: { readonly since: number }): ReactNode {
  const now = useNow(1000);
  return <span role="timer">{formatClock(now - since)}</span>;
}

function useRingback(isRinging: boolean): void {
  useEffect(() => (isRinging ? startRinging('ringback') : undefined), [isRinging]);
}
