/** A property of the emitting object changed; read it there. */
export type PropertyChangedEvent = () => void;

/** A collection changed: what was added and what was removed since the event before. */
export type CollectionUpdatedEvent<Item> = (args: { added: Item[]; removed: Item[] }) => void;

/**
 * `on`/`off` by event name. A listener that is registered twice is called once; `off` of a listener that was never
 * registered is harmless; a listener that throws does not keep the others from being called.
 */
export interface EventSubscriptions<Events> {
  on<Name extends keyof Events>(event: Name, listener: Events[Name]): void;
  off<Name extends keyof Events>(event: Name, listener: Events[Name]): void;
}
