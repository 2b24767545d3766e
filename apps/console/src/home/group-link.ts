import { hrefOf } from '../routes/route.ts';

const guid = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/i;

/** The address that brings who opens it into a group call. */
export function groupLink(origin: string, groupId: string): string {
  return `${origin}/${hrefOf({ screen: 'group', groupId })}`;
}

/** The group id in what somebody typed or pasted: an id, or an address that holds one. */
export function typedGroupId(text: string): string | undefined {
  return guid.exec(text)?.[0].toLowerCase();
}
