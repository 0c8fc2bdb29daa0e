// Jest's globalSetup: the folder for what the run synthesizes.
import { makeFolder } from './folder';

export default makeFolder;
