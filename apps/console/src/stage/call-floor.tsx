import { getIdentifierRawId } from '@azure/communication-common';
import { Features, type Call, type RemoteParticipant } from '@dialplane/calling';
import { Button, makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { LinkRegular } from '@fluentui/react-icons/svg/link';
import type { ReactNode } from 'react';
import { isBeforeAnswer } from '../calling/call-status.ts';
import { useCommand } from '../calling/use-command.ts';
import { useEmitter } from '../calling/use-emitter.ts';
import { groupLink } from '../home/group-link.ts';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { arrange, columnsOf, type Arrangement, type Shown } from './arrangement.ts';
import { ParticipantMenu } from './participant-menu.tsx';
import { ParticipantTile } from './participant-tile.tsx';
import { useCompany } from './use-company.ts';

const useStyles = makeStyles({
  floor: { height: '100%', display: 'grid', gap: '12px', gridTemplate: 'minmax(0, 1fr) auto / minmax(0, 1fr)' },
  featured: { gridTemplate: 'minmax(0, 1fr) / minmax(0, 1fr) 220px', '@media (max-width: 719px)': { gridTemplate: 'minmax(0, 2fr) minmax(0, 1fr) / minmax(0, 1fr)' } },
  main: { display: 'grid', gap: '12px', gridAutoRows: 'minmax(0, 1fr)', minHeight: 0, minWidth: 0 },
  strip: { display: 'grid', gap: '12px', gridAutoRows: 'minmax(96px, 150px)', alignContent: 'start', overflowY: 'auto', minHeight: 0, padding: '3px', margin: '-3px', '@media (max-width: 719px)': { gridAutoFlow: 'column', gridAutoColumns: 'minmax(120px, 46%)', gridTemplateRows: 'minmax(0, 1fr)', overflowX: 'auto', overflowY: 'hidden' } },
  rest: { color: '#a9bcbc', display: 'grid', placeItems: 'center' },
  own: { position: 'relative', overflow: 'hidden', borderRadius: tokens.borderRadiusXLarge, backgroundColor: '#000', minWidth: 0, minHeight: 0 },
  you: { position: 'absolute', left: '12px', bottom: '12px', padding: '4px 10px', borderRadius: tokens.borderRadiusLarge, backgroundColor: 'rgba(8, 14, 15, .72)', color: '#fff' },
  ownOverlay: { position: 'absolute', right: '28px', bottom: '20px', width: 'min(22%, 240px)', minWidth: '104px', aspectRatio: '16 / 10', border: '2px solid rgba(255,255,255,.22)', boxShadow: tokens.shadow28 },
  alone: { height: '100%', display: 'grid', placeContent: 'center', placeItems: 'center', gap: '16px', textAlign: 'center' },
});

/** Others; one's own picture is another tile. More people than these make faces too small to tell. */
const galleryTiles = { wide: 24, narrow: 9 } as const;

interface CallFloorProps {
  readonly call: Call;
  readonly arrangement: Arrangement;
  /** This person's own picture: among the small ones where there are any, among many in the gallery, else in the corner. */
  readonly ownPicture: ReactNode | undefined;
  /** What troubles the others, by raw identifier. */
  readonly troubles: ReadonlyMap<string, string>;
}

/** The others: as a gallery, or with a screen, the spotlight or who speaks in front. */
export function CallFloor({ call, arrangement, ownPicture, troubles }: CallFloorProps): ReactNode {
  const styles = useStyles();
  const isNarrow = useIsNarrow();
  const company = useCompany(call);
  const optimal = call.feature(Features.OptimalVideoCount);
  useEmitter(optimal, 'optimalVideoCountChanged');
  const { main, strip, hidden } = arrange(company, arrangement, { tiles: isNarrow ? galleryTiles.narrow : galleryTiles.wide, pictures: optimal.optimalVideoCount });
  const isOwnAmongMany = ownPicture !== undefined && strip.length === 0 && main.length >= (isNarrow ? 2 : 4);
  const corner = ownPicture === undefined ? null : <div className={mergeClasses(styles.own, styles.ownOverlay)}>{ownPicture}</div>;
  if (call.state === 'Connected' && company.participants.length === 0) return <><Alone call={call} />{corner}</>;
  const tile = (shown: Shown): ReactNode => <Tile key={`${shown.shows === 'ScreenSharing' ? 'screen' : 'person'} ${shown.rawId}`} call={call} shown={shown} isSpotlighted={company.spotlighted.includes(shown.rawId)} trouble={troubles.get(shown.rawId)} />;
  return (
    <div className={mergeClasses(styles.floor, strip.length > 0 && styles.featured)}>
      <div className={styles.main} style={{ gridTemplateColumns: `repeat(${columnsOf(main.length + (isOwnAmongMany ? 1 : 0), isNarrow)}, minmax(0, 1fr))` }}>
        {main.map(tile)}
        {isOwnAmongMany ? <div className={styles.own}>{ownPicture}<Text className={styles.you} weight="semibold" aria-hidden>You</Text></div> : null}
      </div>
      {strip.length === 0 && hidden === 0 ? null : (
        <div className={styles.strip}>
          {strip.length === 0 || ownPicture === undefined ? null : <div className={styles.own}>{ownPicture}</div>}
          {strip.map(tile)}
          {hidden === 0 ? null : <Text className={styles.rest}>and {hidden} more</Text>}
        </div>
      )}
      {strip.length === 0 && !isOwnAmongMany ? corner : null}
    </div>
  );
}

interface TileProps {
  readonly call: Call;
  readonly shown: Shown;
  readonly isSpotlighted: boolean;
  readonly trouble: string | undefined;
}

function Tile({ call, shown: { rawId, shows }, isSpotlighted, trouble }: TileProps): ReactNode {
  const raiseHand = call.feature(Features.RaiseHand);
  const modes = call.feature(Features.MediaModes);
  useEmitter(raiseHand, 'raisedHandEvent loweredHandEvent');
  useEmitter(modes, 'mediaModesChanged');
  const participant = call.remoteParticipants.find(({ identifier }) => getIdentifierRawId(identifier) === rawId);
  if (participant === undefined) return null;
  const isHandRaised = raiseHand.getRaisedHands().some(({ identifier }) => getIdentifierRawId(identifier) === rawId);
  return (
    <ParticipantTile
      participant={participant} shows={shows} isRinging={shows !== 'ScreenSharing' && isRinging(call, participant)} isHandRaised={shows !== 'ScreenSharing' && isHandRaised} isSpotlighted={shows !== 'ScreenSharing' && isSpotlighted} trouble={trouble}
      note={shows === 'ScreenSharing' ? undefined : (noteOn(call, participant) ?? (shows === 'Avatar' ? 'Picture left out' : undefined))} menu={modes.modes === undefined || shows === 'ScreenSharing' ? undefined : <ParticipantMenu call={call} participant={participant} />}
    />
  );
}

/** Nobody else is in the group: here is how they get in. */
function Alone({ call }: { readonly call: Call }): ReactNode {
  const styles = useStyles();
  const run = useCommand();
  const { groupId } = call.info;
  return (
    <div className={styles.alone}>
      <Text size={500} weight="semibold">Nobody else is here yet.</Text>
      {groupId === undefined ? null : (
        <>
          <Text>Whoever opens the link joins this call.</Text>
          <Button appearance="primary" icon={<LinkRegular />} onClick={() => run(() => navigator.clipboard.writeText(groupLink(window.location.origin, groupId)))}>Copy the link</Button>
        </>
      )}
    </div>
  );
}

function isRinging(call: Call, participant: RemoteParticipant): boolean {
  return isBeforeAnswer(call.state) || participant.state === 'Ringing' || participant.state === 'Connecting';
}

/** Why nothing is to be seen of somebody. */
function noteOn(call: Call, participant: RemoteParticipant): string | undefined {
  if (call.state === 'LocalHold') return 'On hold';
  if (call.state === 'RemoteHold') return 'Holding you';
  if (participant.state === 'Hold') return 'On hold';
  return call.state === 'Connected' && participant.state === 'Ringing' ? 'Ringing…' : undefined;
}
