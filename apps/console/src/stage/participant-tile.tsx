import type { RemoteParticipant, RemoteVideoStream } from '@dialplane/calling';
import { Avatar, makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { HandRightFilled } from '@fluentui/react-icons/svg/hand-right';
import { MicOffFilled } from '@fluentui/react-icons/svg/mic-off';
import { StarFilled } from '@fluentui/react-icons/svg/star';
import { WifiWarningFilled } from '@fluentui/react-icons/svg/wifi-warning';
import type { ReactNode } from 'react';
import { nameOf } from '../calling/identifier.ts';
import { useEmitter } from '../calling/use-emitter.ts';
import { VideoView } from '../calling/video-view.tsx';
import type { Shown } from './arrangement.ts';

const useStyles = makeStyles({
  tile: { position: 'relative', minWidth: 0, minHeight: 0, overflow: 'hidden', borderRadius: tokens.borderRadiusXLarge, backgroundColor: '#16201f', display: 'grid', gridTemplate: 'minmax(0, 1fr) / minmax(0, 1fr)', placeItems: 'stretch', boxSizing: 'border-box', containerType: 'size', '& .more': { opacity: 0 }, ':hover .more, :focus-within .more': { opacity: 1 } },
  speaking: { boxShadow: `0 0 0 3px ${tokens.colorBrandForeground1}` },
  avatar: { display: 'grid', placeItems: 'center', alignContent: 'center', gap: '16px', padding: '16px' },
  face: { width: 'min(128px, 40cqmin)', height: 'min(128px, 40cqmin)', fontSize: 'min(40px, 14cqmin)' },
  ringing: { animationName: { '0%': { boxShadow: '0 0 0 0 rgba(103,176,185,.55)' }, '100%': { boxShadow: '0 0 0 34px rgba(103,176,185,0)' } }, animationDuration: '1.8s', animationIterationCount: 'infinite', borderRadius: '50%' },
  plate: { position: 'absolute', left: 'min(12px, 4cqw)', bottom: 'min(12px, 4cqh)', maxWidth: 'calc(100% - min(24px, 8cqw))', boxSizing: 'border-box', display: 'flex', gap: '6px', alignItems: 'center', padding: '4px 10px', borderRadius: tokens.borderRadiusLarge, backgroundColor: 'rgba(8, 14, 15, .72)', color: '#fff', '& svg': { flexShrink: 0 } },
  name: { color: 'inherit', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  menu: { position: 'absolute', right: '8px', top: '8px', borderRadius: tokens.borderRadiusMedium, backgroundColor: 'rgba(8, 14, 15, .72)' },
});

interface ParticipantTileProps {
  readonly participant: RemoteParticipant;
  /** Which of the participant's streams belongs into this tile, if any. */
  readonly shows: Shown['shows'];
  readonly isRinging: boolean;
  readonly isHandRaised: boolean;
  readonly isSpotlighted?: boolean;
  /** What troubles the participant's line, in words that follow the name. */
  readonly trouble?: string | undefined;
  /** A word under the avatar: why there is no picture to expect. */
  readonly note?: string | undefined;
  /** What one can do with the participant; shown while the tile is pointed at or has the focus. */
  readonly menu?: ReactNode;
}

/** Somebody else: their picture, or their initials where there is none; who speaks is framed. */
export function ParticipantTile({ participant, shows, isRinging, isHandRaised, isSpotlighted = false, trouble, note, menu }: ParticipantTileProps): ReactNode {
  const styles = useStyles();
  useEmitter(participant, 'stateChanged isMutedChanged displayNameChanged isSpeakingChanged videoStreamsUpdated');
  const stream = participant.videoStreams.find(({ mediaStreamType }) => mediaStreamType === shows);
  const isAvailable = useIsAvailable(stream);
  const name = nameOf(participant);
  const isScreen = shows === 'ScreenSharing';
  return (
    <div className={mergeClasses(styles.tile, participant.isSpeaking && !isScreen && styles.speaking)}>
      {stream !== undefined && isAvailable && note === undefined ? <VideoView stream={stream} scalingMode={isScreen ? 'Fit' : 'Crop'} label={isScreen ? `Screen of ${name}` : `Video of ${name}`} /> : (
        <div className={styles.avatar}>
          <Avatar className={mergeClasses(styles.face, isRinging && styles.ringing)} name={name} size={128} color="colorful" aria-hidden />
          {note === undefined ? null : <Text size={400} style={{ color: '#dfe9ea' }}>{note}</Text>}
        </div>
      )}
      <div className={styles.plate}>
        {isSpotlighted ? <StarFilled aria-label="In the spotlight" primaryFill="#ffd24d" /> : null}
        {isHandRaised ? <HandRightFilled aria-label="Hand raised" primaryFill="#ffd24d" /> : null}
        {trouble === undefined || isScreen ? null : <WifiWarningFilled role="img" aria-label={`${name} ${trouble}`} primaryFill="#ffd24d"><title>{`${name} ${trouble}`}</title></WifiWarningFilled>}
        {participant.isMuted ? <MicOffFilled aria-label="Muted" /> : null}
        <Text className={styles.name} weight="semibold">{isScreen ? `${name}’s screen` : name}</Text>
      </div>
      {menu === undefined ? null : <div className={`${styles.menu} more`}>{menu}</div>}
    </div>
  );
}

function useIsAvailable(stream: RemoteVideoStream | undefined): boolean {
  useEmitter(stream, 'isAvailableChanged');
  return stream?.isAvailable ?? false;
}
