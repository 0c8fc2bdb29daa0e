// A program with works that never end, for the test of its death: each writes one of the files that it is given.
import { inThreads } from '../../../../tools/develop/threads/in-threads';

const works = process.argv.slice(2).map((beat) => ({ module: require.resolve('./example-work'), input: { beat } }));
void inThreads(works);
