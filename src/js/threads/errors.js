// The errors of this entry are those of the package.
export * from "../errors.js";
