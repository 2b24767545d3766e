/** Stands for `@azure/communication-chat`, which only the composites with a chat use. */
export const ChatClient = undefined;
