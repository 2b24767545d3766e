import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { describeFailure } from '../api/api-failure.ts';

/** A failure as people meet it everywhere in the console: the sentence, the code, and a way to try again where there is one. */
export function FailureBar({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }): ReactNode {
  const { code, sentence } = describeFailure(error);
  return (
    <MessageBar intent="error" layout="multiline" role="alert">
      <MessageBarBody>
        <MessageBarTitle>{sentence}</MessageBarTitle> <code>{code}</code>
      </MessageBarBody>
      {onRetry === undefined ? null : (
        <MessageBarActions>
          <Button onClick={onRetry}>Try again</Button>
        </MessageBarActions>
      )}
    </MessageBar>
  );
}
