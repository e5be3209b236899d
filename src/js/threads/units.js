// The units of this entry are those of the package.
export * from "../units.js";
