"""What the database itself holds fast: an issued version and the log of decisions are written once."""

from kepu.foundation import door as foundation

foundation.guards.register(foundation.guards.Guard("plans.Version"))
foundation.guards.register(foundation.guards.Guard("plans.Decision"))
