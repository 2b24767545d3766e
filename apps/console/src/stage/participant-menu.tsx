import { getIdentifierRawId, type CommunicationIdentifier } from '@azure/communication-common';
import { Features, type Call, type MediaModes, type RemoteParticipant } from '@dialplane/calling';
import { Button, Menu, MenuDivider, MenuGroup, MenuGroupHeader, MenuItem, MenuItemRadio, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components';
import { MicOffRegular } from '@fluentui/react-icons/svg/mic-off';
import { MoreHorizontalRegular } from '@fluentui/react-icons/svg/more-horizontal';
import { PersonDeleteRegular } from '@fluentui/react-icons/svg/person-delete';
import { StarRegular } from '@fluentui/react-icons/svg/star';
import type { ReactNode } from 'react';
import { nameOf } from '../calling/identifier.ts';
import { useCommand } from '../calling/use-command.ts';

interface ParticipantMenuProps {
  readonly call: Call;
  readonly participant: RemoteParticipant;
  /** How media reaches the participant; without it there is no choice of that. */
  readonly modes?: MediaModes;
}

/** What one can do with somebody in a group call: mute, spotlight, remove, and say how media is to reach them. */
export function ParticipantMenu({ call, participant, modes }: ParticipantMenuProps): ReactNode {
  const run = useCommand();
  const spotlight = call.feature(Features.Spotlight);
  const { capabilities } = call.feature(Features.Capabilities);
  const { identifier } = participant;
  const isSpotlighted = spotlight.getSpotlightedParticipants().some((other) => getIdentifierRawId(other.identifier) === getIdentifierRawId(identifier));
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button size="small" appearance="subtle" icon={<MoreHorizontalRegular />} aria-label={`More for ${nameOf(participant)}`} />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {capabilities.muteOthers.isPresent ? <MenuItem icon={<MicOffRegular />} disabled={participant.isMuted} onClick={() => run(() => participant.mute())}>Mute</MenuItem> : null}
          {capabilities.spotlightParticipant.isPresent ? (
            <MenuItem icon={<StarRegular />} onClick={() => run(() => (isSpotlighted ? spotlight.stopSpotlight([identifier]) : spotlight.startSpotlight([identifier])))}>{isSpotlighted ? 'End the spotlight' : 'Spotlight'}</MenuItem>
          ) : null}
          {capabilities.removeParticipant.isPresent ? <MenuItem icon={<PersonDeleteRegular />} onClick={() => run(() => call.removeParticipant(identifier))}>Remove from the call</MenuItem> : null}
          {modes === undefined ? null : (
            <>
              <MenuDivider />
              <ModeChoice call={call} modes={modes} target={identifier} />
            </>
          )}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

interface ModeChoiceProps {
  readonly call: Call;
  readonly modes: MediaModes;
  /** Everybody without it. */
  readonly target?: CommunicationIdentifier;
}

/** Mixed or forwarded, for audio and for video: menu items. */
export function ModeChoice({ call, modes, target }: ModeChoiceProps): ReactNode {
  const run = useCommand();
  const choose = (next: MediaModes): void => run(() => call.feature(Features.MediaModes).setModes(next, target));
  const group = (kind: 'audio' | 'video', title: string): ReactNode => (
    <Menu checkedValues={{ [kind]: [modes[kind]] }} onCheckedValueChange={(_, { checkedItems: [item] }) => choose({ ...modes, [kind]: item })}>
      <MenuTrigger disableButtonEnhancement><MenuItem>{title}: {modes[kind]}</MenuItem></MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItemRadio name={kind} value="mixed">Mixed: one stream, made by the server</MenuItemRadio>
          <MenuItemRadio name={kind} value="forwarded">Forwarded: everybody’s own stream</MenuItemRadio>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
  return (
    <MenuGroup>
      <MenuGroupHeader>{target === undefined ? 'Media for everybody' : 'Media for this person'}</MenuGroupHeader>
      {group('audio', 'Audio')}
      {group('video', 'Video')}
    </MenuGroup>
  );
}
