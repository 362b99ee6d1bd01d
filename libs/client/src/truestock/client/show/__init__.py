"""What people see: tables and sentences, for the command line and the demo alike."""
