// Jest's globalTeardown: nothing of the run stays behind.
import { removeFolder } from './folder';

export default removeFolder;
