import { getIdentifierRawId } from '@azure/communication-common';
import { Features, type Call } from '@dialplane/calling';
import { Button, Link, makeStyles, Menu, MenuList, MenuPopover, MenuTrigger, Persona, Text, tokens } from '@fluentui/react-components';
import { HandRightFilled } from '@fluentui/react-icons/svg/hand-right';
import { LinkRegular } from '@fluentui/react-icons/svg/link';
import { MicOffFilled } from '@fluentui/react-icons/svg/mic-off';
import { MicOffRegular } from '@fluentui/react-icons/svg/mic-off';
import { StarFilled } from '@fluentui/react-icons/svg/star';
import type { ReactNode } from 'react';
import { nameOf } from '../calling/identifier.ts';
import { pictureText } from '../calling/media-quality.ts';
import { useCommand } from '../calling/use-command.ts';
import { useEmitter } from '../calling/use-emitter.ts';
import { usePictures, type ArrivingPicture } from '../calling/use-pictures.ts';
import { groupLink } from '../home/group-link.ts';
import { hrefOf } from '../routes/route.ts';
import { useSession } from '../session/use-session.tsx';
import { formatRatio } from '../text/quantity.ts';
import { AddPeople } from './add-people.tsx';
import { ModeChoice, ParticipantMenu } from './participant-menu.tsx';

const useStyles = makeStyles({
  root: { display: 'grid', gap: '20px', alignContent: 'start' },
  actions: { display: 'flex', flexWrap: 'wrap', gap: '8px' },
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', gap: '10px' },
  row: { display: 'flex', alignItems: 'center', justifyContent: 'space-between', gap: '8px' },
  marks: { display: 'flex', gap: '6px', alignItems: 'center', flexShrink: 0 },
  hint: { color: tokens.colorNeutralForeground3 },
});

/** Everybody in the call: what they do, how their picture arrives, how media reaches them, and what one can do about it. */
export function PeoplePanel({ call, troubles }: { readonly call: Call; /** What troubles the others, by raw identifier. */ readonly troubles: ReadonlyMap<string, string> }): ReactNode {
  const styles = useStyles();
  const { session } = useSession();
  const run = useCommand();
  const modes = call.feature(Features.MediaModes);
  const capabilities = call.feature(Features.Capabilities);
  const raiseHand = call.feature(Features.RaiseHand);
  const spotlight = call.feature(Features.Spotlight);
  useEmitter(modes, 'mediaModesChanged');
  useEmitter(capabilities, 'capabilitiesChanged');
  useEmitter(raiseHand, 'raisedHandEvent loweredHandEvent');
  useEmitter(spotlight, 'spotlightChanged');
  const pictures = usePictures(call);
  const isGroup = modes.modes !== undefined;
  const raised = new Set(raiseHand.getRaisedHands().map(({ identifier }) => getIdentifierRawId(identifier)));
  const spotlighted = new Set(spotlight.getSpotlightedParticipants().map(({ identifier }) => getIdentifierRawId(identifier)));
  const { groupId } = call.info;
  return (
    <div className={styles.root}>
      <div className={styles.actions}>
        {groupId === undefined ? null : <Button icon={<LinkRegular />} onClick={() => run(() => navigator.clipboard.writeText(groupLink(window.location.origin, groupId)))}>Copy the link</Button>}
        {isGroup && capabilities.capabilities.muteOthers.isPresent ? <Button icon={<MicOffRegular />} onClick={() => run(() => call.muteAllRemoteParticipants())}>Mute others</Button> : null}
        {modes.modes === undefined ? null : (
          <Menu>
            <MenuTrigger disableButtonEnhancement><Button>Media…</Button></MenuTrigger>
            <MenuPopover><MenuList><ModeChoice call={call} modes={modes.modes} /></MenuList></MenuPopover>
          </Menu>
        )}
      </div>
      <ul className={styles.list} aria-label="In the call">
        {modes.modes === undefined ? null : (
          <li className={styles.row}>
            <Persona name={`${session?.displayName ?? 'You'} (you)`} avatar={{ color: 'brand', 'aria-hidden': true }} textAlignment="center" secondaryText={`audio ${modes.modes.audio}, video ${modes.modes.video}${modes.reason === undefined ? '' : `: ${modes.reason}`}`} />
          </li>
        )}
        {call.remoteParticipants.map((participant) => {
          const rawId = getIdentifierRawId(participant.identifier);
          const reached = modes.modesOf(participant.identifier);
          const stream = participant.videoStreams.find(({ isAvailable }) => isAvailable);
          return (
            <li key={rawId} className={styles.row}>
              <Persona
                name={nameOf(participant)} avatar={{ color: 'colorful', idForColor: rawId, 'aria-hidden': true }} textAlignment="center"
                secondaryText={participant.state === 'Connected' ? pictureLine(stream === undefined ? undefined : pictures.get(String(stream.id)), stream !== undefined, troubles.get(rawId)) : participant.state}
                {...(reached === undefined ? {} : { tertiaryText: `audio ${reached.audio}, video ${reached.video}`, size: 'large' })}
              />
              <span className={styles.marks}>
                {spotlighted.has(rawId) ? <StarFilled aria-label="In the spotlight" primaryFill="#ffd24d" /> : null}
                {raised.has(rawId) ? <HandRightFilled aria-label="Hand raised" primaryFill="#ffd24d" /> : null}
                {participant.isMuted ? <MicOffFilled aria-label="Muted" /> : null}
                {reached === undefined ? null : <ParticipantMenu call={call} participant={participant} modes={reached} />}
              </span>
            </li>
          );
        })}
      </ul>
      {isGroup ? (
        <Text size={200} className={styles.hint}>
          Mixed: the server makes one stream of everybody’s. Forwarded: everybody’s own stream arrives. Where a line is narrow or TCP, its pictures are mixed by themselves; <Link href={hrefOf({ screen: 'flow', callId: call.id })}>the call flow</Link> says when and why.
        </Text>
      ) : null}
      {call.remoteParticipants.length === 0 ? <Text className={styles.hint}>Nobody else is here yet.</Text> : null}
      <AddPeople call={call} />
    </div>
  );
}

function pictureLine(picture: ArrivingPicture | undefined, hasVideo: boolean, trouble: string | undefined): string {
  const line = !hasVideo ? 'No picture' : picture === undefined ? 'Camera on' : `${pictureText(picture)}${picture.loss === undefined ? '' : `, ${formatRatio(picture.loss)} lost`}`;
  return trouble === undefined ? line : `${line}; ${trouble}`;
}
