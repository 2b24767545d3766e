import { Toast, ToastBody, ToastTitle, useToastController } from '@fluentui/react-components';
import { createElement, useCallback, useRef } from 'react';
import { describeFailure } from '../api/api-failure.ts';

/** The toaster that failed commands are told through. */
export const toasterId = 'console-toaster';

/** Runs a command and tells the person when it fails: the sentence and the code. */
export function useCommand(): (run: () => Promise<unknown> | void) => void {
  const { dispatchToast } = useToastController(toasterId);
  return useCallback((run) => {
    const attempt = async (): Promise<void> => {
      try {
        await run();
      } catch (error) {
        const { code, sentence } = describeFailure(error);
        dispatchToast(createElement(Toast, null, createElement(ToastTitle, null, sentence), createElement(ToastBody, null, code)), { intent: 'error', timeout: 8000 });
      }
    };
    void attempt();
  }, [dispatchToast]);
}

/**
 * As {@link useCommand}, one after the other: a command begins when the one before it has had its effect. A toggle that is
 * hit twice then decides by what is, not by what was shown when it was hit.
 */
export function useCommandInTurn(): (run: () => Promise<unknown> | void) => void {
  const run = useCommand();
  const turn = useRef<Promise<unknown>>(Promise.resolve());
  return useCallback((command) => {
    const result = turn.current.then(command);
    turn.current = result.catch(() => {});
    run(() => result);
  }, [run]);
}
