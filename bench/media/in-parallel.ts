/** How many joins are under way at once. */
const breadth = 16;

/** Does the same for each item, some at a time, and keeps their order. */
export async function inParallel<Item, Result>(items: readonly Item[], work: (item: Item, index: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as Item, index);
  };
  await Promise.all(Array.from({ length: breadth }, worker));
  return results;
}
