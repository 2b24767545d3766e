import type { EventSubscriptions } from './public/events.ts';

/** Every member is a listener of any shape. */
type ListenerMap<Events> = { [Name in keyof Events]: (...args: never[]) => void };

/** How a part of an object with events tells of them, in its name. */
export type Emit<Events extends ListenerMap<Events>> = <Name extends keyof Events>(event: Name, ...args: Parameters<Events[Name]>) => void;

/**
 * The base of every object with events. Subclasses call `emit`; an application may add and remove listeners while an event
 * is being delivered. State is an ordinary property, because applications wrap these objects in `Proxy`.
 */
export class EventEmitter<Events extends ListenerMap<Events>> implements EventSubscriptions<Events> {
  private readonly listeners = new Map<keyof Events, Set<(...args: never[]) => void>>();

  on<Name extends keyof Events>(event: Name, listener: Events[Name]): void {
    const listeners = this.listeners.get(event) ?? new Set();
    listeners.add(listener);
    this.listeners.set(event, listeners);
  }

  off<Name extends keyof Events>(event: Name, listener: Events[Name]): void {
    this.listeners.get(event)?.delete(listener);
  }

  protected emit<Name extends keyof Events>(event: Name, ...args: Parameters<Events[Name]>): void {
    const listeners = [...(this.listeners.get(event) ?? [])];
    for (const listener of listeners) callListener(listener, args);
  }
}

/** Calls an application's listener; what it throws is reported like any uncaught error and stops nobody else. */
export function callListener<Args extends readonly unknown[]>(listener: (...args: Args) => void, args: Args): void {
  try {
    listener(...args);
  } catch (error) {
    if (typeof globalThis.reportError === 'function') globalThis.reportError(error);
    else console.error(error);
  }
}
