import { MessageBar, MessageBarBody } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useSession } from '../session/use-session.tsx';

/** What operators alone see, made with their client of the API; everybody else is told how one becomes an operator. */
export function OperatorsOnly({ children }: { readonly children: (operatorApi: ApiClient) => ReactNode }): ReactNode {
  const { operatorApi } = useSession();
  if (operatorApi !== undefined) return children(operatorApi);
  return <MessageBar intent="info" layout="multiline"><MessageBarBody>You are not signed in as an operator. Use the operator link that the server prints at its start, or ask an operator for one.</MessageBarBody></MessageBar>;
}
