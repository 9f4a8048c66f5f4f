"""WTForms: what pages take in; domain errors find their field here."""
