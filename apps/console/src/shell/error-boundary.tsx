import { Button, Text, Title3 } from '@fluentui/react-components';
import { Component, type ErrorInfo, type ReactNode } from 'react';
import { describeFailure } from '../api/api-failure.ts';

interface ErrorBoundaryProps {
  readonly children: ReactNode;
  /** What stops working here, for the sentence: `This page`. */
  readonly what: string;
}

/** Keeps a fault of the part below it from blanking the rest; a running call outside of it goes on. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { readonly error: unknown }> {
  override state = { error: undefined };

  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error: error ?? new Error('Nothing is known about the fault.') };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    console.error('console fault', error, info.componentStack);
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    const { code, sentence } = describeFailure(error);
    return (
      <div role="alert" style={{ padding: 24, display: 'grid', gap: 12, justifyItems: 'start' }}>
        <Title3 as="h2">{this.props.what} failed</Title3>
        <Text>
          This is a fault of the console: {sentence} ({code}). A call that runs goes on, until you load the console anew, which helps where the server was updated meanwhile.
        </Text>
        <div style={{ display: 'flex', gap: 8 }}>
          <Button onClick={() => this.setState({ error: undefined })}>Try again</Button>
          <Button onClick={() => window.location.reload()}>Load the console anew</Button>
        </div>
      </div>
    );
  }
}
