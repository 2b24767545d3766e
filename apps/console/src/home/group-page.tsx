import { Text } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { Page } from '../shell/page.tsx';
import { typedGroupId } from './group-link.ts';
import { WayIn } from './way-in.tsx';

/** Where a link to a group call leads. */
export function GroupPage({ groupId }: { readonly groupId: string }): ReactNode {
  const isWhole = typedGroupId(groupId) === groupId.toLowerCase();
  return (
    <Page title="Group call">
      {isWhole ? <WayIn place={{ groupId }} sentence="You were sent a link to this group call. Others see and hear you once you join." /> : <Text>This link names no group call: its id is not complete. Ask for the link again.</Text>}
    </Page>
  );
}
