/** An instant for people, by the browser's clock and manners: the time alone on the same day, with the date before that. @param instant ISO 8601. */
export function formatInstant(instant: string): string {
  const date = new Date(instant);
  return date.toDateString() === new Date().toDateString() ? date.toLocaleTimeString() : date.toLocaleString();
}
