import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { describeFailure } from '../api/api-failure.ts';

interface FailureBarProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
  /** Where a new sign-in may help. */
  readonly onSignIn?: () => void;
}

/** A failure as people meet it everywhere in the console: the sentence, the code, and a way to try again where there is one. */
export function FailureBar({ error, onRetry, onSignIn }: FailureBarProps): ReactNode {
  const { code, sentence } = describeFailure(error);
  return (
    <MessageBar intent="error" layout="multiline" role="alert">
      <MessageBarBody>
        <MessageBarTitle>{sentence}</MessageBarTitle> <code>{code}</code>
      </MessageBarBody>
      {onRetry === undefined && onSignIn === undefined ? null : (
        <MessageBarActions>
          {onRetry === undefined ? null : <Button onClick={onRetry}>Try again</Button>}
          {onSignIn === undefined ? null : <Button onClick={onSignIn}>Sign in again</Button>}
        </MessageBarActions>
      )}
    </MessageBar>
  );
}
